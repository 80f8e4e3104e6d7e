/** Plots as SVG, drawn by ECharts without a browser. */
import * as echarts from 'echarts';
import type { EChartsOption } from 'echarts';
import type { BarPlot, LinePlot, Plot } from '../scenario.js';

const WIDTH = 720;
const HEIGHT = 360;
const FONT = 'system-ui, sans-serif';
/** Told apart also without colour vision (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];

const COMMON = {
  animation: false,
  color: COLOURS,
  textStyle: { fontFamily: FONT, fontSize: 13 },
  grid: { left: 84, right: 24, top: 88, bottom: 56 },
} as const;

function lines({ x, y, logX = false, logY = false, series }: LinePlot): EChartsOption {
  return {
    ...COMMON,
    legend: { top: 4, type: 'plain', itemGap: 30 },
    xAxis: { type: logX ? 'log' : 'value', name: x, nameLocation: 'middle', nameGap: 32 },
    yAxis: { type: logY ? 'log' : 'value', name: y, nameLocation: 'middle', nameGap: 60 },
    series: series.map(({ name, points }) => ({
      type: 'line',
      name,
      showSymbol: false,
      lineStyle: { width: 2 },
      data: points.map(([at, value]) => [at, value]),
    })),
  };
}

function bars({ y, logY = false, bars: of }: BarPlot): EChartsOption {
  return {
    ...COMMON,
    grid: { ...COMMON.grid, top: 32, bottom: 72 },
    xAxis: {
      type: 'category',
      data: of.map(({ name }) => name),
      axisLabel: { interval: 0, width: (WIDTH - 120) / of.length, overflow: 'break' },
    },
    yAxis: { type: logY ? 'log' : 'value', name: y, nameLocation: 'middle', nameGap: 60 },
    series: [
      {
        type: 'bar',
        barMaxWidth: 64,
        label: { show: true, position: 'top' },
        data: of.map(({ value }) => Number(value.toPrecision(3))),
      },
    ],
  };
}

/** One `<svg>` element. */
export function chart(plot: Plot): string {
  const drawn = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: HEIGHT,
  });
  drawn.setOption(plot.kind === 'line' ? lines(plot) : bars(plot));
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return svg;
}

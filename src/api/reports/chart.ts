/** One figure of a table as a picture, inline SVG: bars, or a line where there are too many rows for bars. */
import { escaped } from '../escaped.js';

export interface ChartPoint {
  readonly label: string;
  /** As it is shown. */
  readonly text: string;
  readonly value: number;
}

const WIDTH = 640;
const HEIGHT = 200;
/** Below the bars, for the labels; above them, for the highest figure. */
const FOOT = 24;
const HEAD = 20;
const BARS_MAX = 62;
/** Labels that have room side by side. */
const LABELS_MAX = 8;
/** Half the width of a label, and of the highest figure. */
const LABEL_HALF = 20;
const FIGURE_HALF = 45;

/** `title` is read to whoever does not see it. Empty where there is nothing to compare. */
export function chart(points: readonly ChartPoint[], title: string): string {
  const most = Math.max(...points.map(({ value }) => value));
  if (points.length < 2 || most <= 0) return '';
  const step = WIDTH / points.length;
  const heightOf = (value: number) => (Math.max(0, value) / most) * (HEIGHT - FOOT - HEAD);
  const top = (value: number) => round(HEIGHT - FOOT - heightOf(value));
  const drawn =
    points.length <= BARS_MAX
      ? points.map(({ value }, place) => {
          const [x, width] = [round(place * step + step * 0.14), round(step * 0.72)];
          return `<rect x="${x}" y="${top(value)}" width="${width}" height="${round(heightOf(value))}"/>`;
        })
      : [polyline(points.map(({ value }, place) => [round((place + 0.5) * step), top(value)]))];
  return `<svg viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" role="img" direction="ltr" aria-label="${escaped(title)}">
${drawn.join('')}
<line x1="0" x2="${String(WIDTH)}" y1="${String(HEIGHT - FOOT)}" y2="${String(HEIGHT - FOOT)}"/>
${labels(points, step)}${highest(points, most, step)}
</svg>`;
}

function polyline(places: readonly (readonly [string, string])[]): string {
  return `<polyline points="${places.map((place) => place.join(',')).join(' ')}"/>`;
}

function labels(points: readonly ChartPoint[], step: number): string {
  const every = Math.ceil(points.length / LABELS_MAX);
  return points
    .map(({ label }, place) =>
      place % every === 0
        ? `<text x="${inside((place + 0.5) * step, LABEL_HALF)}" y="${String(HEIGHT - 6)}">${escaped(label)}</text>`
        : '',
    )
    .join('');
}

/** The highest figure, above its bar, and inside the picture. */
function highest(points: readonly ChartPoint[], most: number, step: number): string {
  const place = points.findIndex(({ value }) => value === most);
  const x = inside((place + 0.5) * step, FIGURE_HALF);
  return `<text class="most" x="${x}" y="${String(HEAD - 6)}">${escaped(points[place]?.text ?? '')}</text>`;
}

/** A text in the middle of `x`, but not beyond the picture's edges. */
function inside(x: number, half: number): string {
  return round(Math.min(Math.max(x, half), WIDTH - half));
}

function round(value: number): string {
  return value.toFixed(1);
}

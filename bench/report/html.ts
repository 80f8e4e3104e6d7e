/** The report as one HTML page that needs nothing else: tables, plots, verdicts; light and dark, wide and narrow. */
import { judge, median, verdictWords } from '../measure/spread.js';
import type { Figure, Plot } from '../scenario.js';
import { chart } from './chart.js';
import { verdicts, type Report, type ScenarioReport } from './report.js';
import { STYLE } from './style.js';
import { medianOf, number, spread, withUnit } from './words.js';

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return text.replace(/[&<>"]/g, (sign) => `&${names[sign] ?? ''};`);
}

function verdictBadges(figure: Figure): string {
  return judge(figure)
    .map((judged) => {
      const { goal, verdict } = judged;
      const sign = verdict === 'pass' ? '✓' : '✗';
      return `<span class="${verdict}">${sign} ${verdictWords(judged)}</span> <small>${escaped(goal.words)}</small>`;
    })
    .join('<br>');
}

function row(figure: Figure): string {
  const head = `<th scope="row">${escaped(figure.name)}</th>`;
  const promise = `<td class="promise">${verdictBadges(figure)}</td>`;
  if (figure.kind === 'value') {
    const { values, unit } = figure;
    const cells = `<td><b>${escaped(withUnit(median(values), unit))}</b></td><td colspan="4"></td>`;
    return `<tr>${head}${cells}<td>${spread(values)}</td>${promise}</tr>`;
  }
  const { summaries, unit } = figure;
  const cells = (['p50', 'p95', 'p99', 'max'] as const)
    .map((at) => `<td>${number(medianOf(summaries, (summary) => summary[at]))}</td>`)
    .join('');
  const p99 = spread(summaries.map((summary) => summary.p99));
  return `<tr>${head}<td>${unit}</td>${cells}<td>${p99 === '' ? '' : `p99 ${p99}`}</td>${promise}</tr>`;
}

function figureTable(figures: readonly Figure[]): string {
  const head = ['', 'median', 'p50', 'p95', 'p99', 'max', 'spread', 'promise'];
  const cells = head.map((name) => `<th scope="col">${name}</th>`).join('');
  const rows = figures.map(row).join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="figures">
<table><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function plotFigure(plot: Plot): string {
  const words = escaped(plot.title);
  return `<figure><figcaption>${words}</figcaption><div role="img" aria-label="${words}">${chart(plot)}</div></figure>`;
}

function section({ name, says, seconds, result, error }: ScenarioReport): string {
  const head = `<h2>${escaped(name)} <small>${Math.round(seconds)} s</small></h2><p>${escaped(says)}</p>`;
  const body =
    result === null
      ? `<p class="short">It failed: ${escaped(error ?? '')}</p>`
      : [
          figureTable(result.figures),
          `<div class="plots">${result.plots.map(plotFigure).join('\n')}</div>`,
          `<ul>${result.notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`,
        ].join('\n');
  return `<section id="${escaped(name)}">${head}${body}</section>`;
}

function summary(report: Report): string {
  const all = verdicts(report);
  const kept = all.filter(({ verdict }) => verdict === 'pass').length;
  const rows = all
    .map((judged) => {
      const { scenario, name, goal, unit, values, verdict } = judged;
      const sign = verdict === 'pass' ? '✓' : '✗';
      return `<tr><th scope="row"><a href="#${escaped(scenario)}">${escaped(scenario)}</a></th>
<td class="name">${escaped(name)}</td><td><b>${escaped(withUnit(median(values), unit))}</b></td>
<td class="promise">${escaped(goal.words)}</td><td class="${verdict}">${sign} ${verdictWords(judged)}</td></tr>`;
    })
    .join('\n');
  return `<section><h2>Promises <small>${kept} of ${all.length} kept</small></h2>
<div class="scroll" tabindex="0" role="region" aria-label="promises"><table class="promises">
<thead><tr><th scope="col">scenario</th><th scope="col">what</th><th scope="col">seen</th><th scope="col">promise</th><th scope="col"></th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

export function htmlReport(report: Report): string {
  const { version, machine, startedAt, quick, repetitions, scenarios } = report;
  const form = `${quick ? 'Quick' : 'Whole'} form, ${repetitions} repetitions, medians; ${startedAt}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Expeditor ${escaped(version)}: bench</title><style>${STYLE}</style></head>
<body><header><h1>Expeditor ${escaped(version)}, measured</h1>
<p>${escaped(machine)}<br>${escaped(form)}</p>
<nav aria-label="scenarios">${scenarios.map(({ name }) => `<a href="#${escaped(name)}">${escaped(name)}</a>`).join(' ')}</nav></header>
<main>${summary(report)}
${scenarios.map(section).join('\n')}</main></body></html>
`;
}

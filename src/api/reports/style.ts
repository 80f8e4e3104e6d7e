/** How a report's page looks: on a screen as on its paper, black on white, in either direction of writing. */

export const PAPERS = ['a4', '80mm'] as const;
export type Paper = (typeof PAPERS)[number];

const BASE = `
:root { color-scheme: light; --ink: #14181f; --soft: #5b6472; --rule: #d5dae1; --tint: #f3f5f8; --bar: #2f6f8f; }
* { box-sizing: border-box; }
html { background: #e9ecf0; }
body { margin: 0 auto; background: #fff; color: var(--ink); font-family: system-ui, "Segoe UI", "Noto Sans", "Noto Sans Arabic", Tahoma, "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; line-height: 1.35; }
h1, h2, h3 { margin: 0; line-height: 1.2; text-wrap: balance; }
p, dl, dd { margin: 0; }
.note { border-inline-start: 3px solid var(--bar); padding-inline-start: .6em; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: start; vertical-align: baseline; font-weight: inherit; }
.d { white-space: nowrap; }
.n { width: 1%; text-align: right; white-space: nowrap; }
tfoot th, tfoot td, .sum { font-weight: 700; }
.away { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
thead { display: table-header-group; }
tr, .kpis div { break-inside: avoid; }
h2, h3 { break-after: avoid; }
@media print { html { background: none; } body { margin: 0; padding: 0; box-shadow: none; } .wide { overflow: visible; } }
`;

const A4 = `
@page { size: A4; margin: 14mm 14mm 16mm; }
body { font-size: 10.5pt; max-width: 210mm; padding: 14mm; box-shadow: 0 1mm 6mm rgb(20 24 31 / .18); }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4mm 10mm; border-block-end: 2px solid var(--ink); padding-block-end: 5mm; margin-block-end: 6mm; }
h1 { font-size: 21pt; letter-spacing: -.01em; }
.place { color: var(--soft); font-weight: 600; }
.head { display: grid; grid-template-columns: auto auto; gap: .3mm 5mm; font-size: 9pt; align-content: end; }
.books { color: var(--soft); font-size: 9pt; margin-block-end: 3mm; }
.head div, .kpis div { display: contents; }
.head dt { color: var(--soft); }
h2 { font-size: 13pt; margin-block-end: 2mm; }
h3 { font-size: 11pt; margin-block-end: 2mm; }
section { padding-block: 3mm; }
main > h2 { margin-block-start: 8mm; }
.note { margin-block-end: 5mm; color: var(--soft); }
.kpis { display: grid; grid-template-columns: repeat(3, 1fr); gap: 3mm; margin-block-end: 3mm; }
.kpis div { display: block; background: var(--tint); border-radius: 2mm; padding: 2.5mm 3.5mm; }
.kpis dt { color: var(--soft); font-size: 8.5pt; }
.kpis dd { font-size: 14pt; font-weight: 650; white-space: nowrap; }
.kpis div:first-child { background: var(--ink); color: #fff; }
.kpis div:first-child dt { color: #d5dae1; }
.columns { columns: 2; column-gap: 10mm; }
.columns section { break-inside: avoid; }
th, td { padding-block: .9mm; padding-inline-start: 4mm; }
th:first-child, td:first-child { padding-inline-start: 0; }
thead th { color: var(--soft); font-size: 8.5pt; border-block-end: 1px solid var(--ink); vertical-align: bottom; }
thead .n { white-space: normal; }
tbody tr + tr > * { border-block-start: 1px solid var(--rule); }
tfoot tr:first-child > * { border-block-start: 1px solid var(--ink); }
.rest { color: var(--soft); }
.wide { overflow-x: auto; }
.wide table { font-size: 8.5pt; }
.wide th, .wide td { padding-inline-start: 2.2mm; }
.wide thead th { font-size: 8pt; }
.wide th:first-child { padding-inline-start: 0; }
figure { margin: 0 0 4mm; }
figure + table { max-width: 110mm; }
svg { display: block; width: 100%; height: auto; }
svg rect { fill: var(--bar); }
svg polyline { fill: none; stroke: var(--bar); stroke-width: 2; stroke-linejoin: round; }
svg line { stroke: var(--ink); stroke-width: 1; }
svg text { fill: var(--soft); font-size: 11px; text-anchor: middle; }
svg .most { fill: var(--ink); font-weight: 700; }
@media (max-width: 700px) { body { padding: 5mm; } .columns { columns: 1; } .kpis { grid-template-columns: repeat(2, 1fr); } }
@media print { body { max-width: none; } .columns { columns: 2; } .kpis { grid-template-columns: repeat(3, 1fr); } }
`;

/** Thermal paper of 80 mm, of which 72 are printed; no colours, and pictures would be too small to read. */
const RECEIPT = `
@page { size: 80mm 297mm; margin: 3mm 4mm; }
:root { --soft: #000; --rule: #000; }
body { font-size: 9.5pt; width: 80mm; padding: 4mm; box-shadow: 0 1mm 4mm rgb(20 24 31 / .18); }
header { text-align: center; }
h1 { font-size: 13.5pt; margin-block: 1mm; }
h2, h3 { font-size: 10pt; margin-block: 3.5mm 1mm; padding-block-start: 1.5mm; border-block-start: 1px dashed #000; }
.place { font-weight: 700; font-size: 11pt; }
.head { margin-block-start: 2mm; text-align: start; font-size: 8.5pt; }
.head div, .kpis div { display: flex; justify-content: space-between; gap: 3mm; }
.note { margin-block: 2mm; font-size: 8.5pt; border-color: #000; }
.kpis { margin-block-start: 2mm; }
.kpis div:first-child { font-size: 12.5pt; font-weight: 700; }
th, td { padding: .5mm 0; padding-inline-start: 2mm; overflow-wrap: anywhere; }
th:first-child, td:first-child { padding-inline-start: 0; }
thead th { font-size: 8pt; border-block-end: 1px solid #000; vertical-align: bottom; overflow-wrap: normal; }
tfoot tr:first-child > * { border-block-start: 1px solid #000; }
@media print { body { width: auto; } }
`;

/** The whole style of the page: what its policy lets in, and nothing else. */
export const STYLES: Readonly<Record<Paper, string>> = {
  a4: `${BASE}${A4}`,
  '80mm': `${BASE}${RECEIPT}`,
};

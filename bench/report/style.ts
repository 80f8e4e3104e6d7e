/** The style sheet of the HTML report. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #f6f7f9; --card: #fff; --line: #dfe3e8;
  --good: #00694a; --bad: #b23a00; --link: #005a8e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebf0; --soft: #9aa6b5; --paper: #11161d; --card: #1a212b;
  --line: #2e3946; --good: #4cc79c; --bad: #ff9d66; --link: #6cb8ea; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header, main { max-width: 1160px; margin: 0 auto; padding: 24px 20px 0; }
h1 { font-size: 28px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 0; }
h2 small, header p { color: var(--soft); font-weight: normal; }
nav { display: flex; flex-wrap: wrap; gap: 6px; }
nav a { padding: 3px 10px; border: 1px solid var(--line); border-radius: 999px; background: var(--card); text-decoration: none; }
a { color: var(--link); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px; margin: 0 0 20px; }
section > p { margin: 4px 0 12px; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 600; }
thead th:first-child, .promises thead th:nth-child(2), .promises thead th:nth-child(4) { text-align: left; }
tbody th { text-align: left; font-weight: 500; white-space: normal; min-width: 220px; }
.promises tbody th { min-width: 110px; }
td.promise, td.name, thead th:last-child { text-align: left; white-space: normal; }
.pass { color: var(--good); font-weight: 600; }
.short { color: var(--bad); font-weight: 600; }
small { color: var(--soft); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 16px; margin-top: 16px; }
figure { margin: 0; background: #fff; color: #1c2430; border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
figcaption { font-weight: 600; }
svg { width: 100%; height: auto; display: block; }
ul { margin: 12px 0 0; padding-left: 20px; color: var(--soft); }
`;

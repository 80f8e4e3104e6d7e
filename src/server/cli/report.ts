/** `expeditor report`: the reports of a data directory, read beside the hub that runs on it or without one. */
import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { csvOf } from '../../api/reports/csv.js';
import { pageOf } from '../../api/reports/page.js';
import { textOf } from '../../api/reports/text.js';
import { systemClock } from '../../base/clock.js';
import { assertNever } from '../../base/assert.js';
import { messageOf } from '../../store/sqlite/errors.js';
import { openForReports } from '../../store/sqlite/report-directory.js';
import { OperatorError } from '../operator-error.js';
import { makeAsked, type Answered } from './report/make.js';
import { addReportOptions, REPORTS, type ReportOptions } from './report/options.js';
import { addSettings, configFrom } from './setting-options.js';

export function reportCommand(): Command {
  const command = new Command('report')
    .description(`write a report of a data directory: ${REPORTS.join(', ')}`)
    .argument('<name>', 'which report');
  return addSettings(addReportOptions(command), ['data']).action(report);
}

async function report(
  name: string,
  options: ReportOptions & Readonly<Record<string, unknown>>,
): Promise<void> {
  const { config } = configFrom(options);
  const directory = openForReports(config.data);
  try {
    const answered = await makeAsked(directory, { name, options, now: systemClock.now() });
    put(written(answered, options), options.out);
  } finally {
    directory.close();
  }
}

function written({ answer, document }: Answered, { format, lang, paper }: ReportOptions): string {
  switch (format) {
    case 'text':
      return textOf(document, lang);
    case 'json':
      return `${JSON.stringify(answer, null, 2)}\n`;
    case 'csv':
      return csvOf(document);
    case 'html':
      return pageOf(document, { language: lang, paper });
    default:
      return assertNever(format);
  }
}

function put(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new OperatorError(`write ${file}`, messageOf(error), 'give another file with --out');
  }
}

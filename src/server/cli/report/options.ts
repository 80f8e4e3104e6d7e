/** What `expeditor report` is told on the command line. */
import { Option, type Command } from 'commander';
import { PAPERS, type Paper } from '../../../api/reports/style.js';
import { LANGUAGES, type Language } from '../../../api/reports/words.js';
import { SALES_GROUPS, type SalesGroup } from '../../../domain/reports/sales.js';

export const REPORTS = [
  'summary',
  'sales',
  'discounts',
  'voids',
  'kitchen',
  'shifts',
  'shift',
] as const;
const FORMATS = ['text', 'json', 'csv', 'html'] as const;

/** As commander names them. */
export interface ReportOptions {
  readonly branch?: string;
  readonly branches?: readonly string[];
  readonly allBranches?: true;
  readonly from?: string;
  readonly to?: string;
  readonly groupBy: SalesGroup;
  readonly top?: number;
  readonly kind: 'x' | 'z';
  readonly shift?: string;
  readonly format: (typeof FORMATS)[number];
  readonly paper: Paper;
  readonly lang: Language;
  readonly out?: string;
}

export function addReportOptions(command: Command): Command {
  const list = (text: string) => text.split(',');
  return command
    .option('--branch <ID>', 'the branch (default: the only one)')
    .addOption(
      new Option('--branches <IDS>', 'several, with commas between them: main,harbour')
        .argParser(list)
        .conflicts('branch'),
    )
    .addOption(new Option('--all-branches', 'all of them').conflicts(['branch', 'branches']))
    .option('--from <DATE>', 'first business date, like 2026-05-01 (default: that of --to)')
    .option('--to <DATE>', 'last business date (default: that of the open shift, or of now)')
    .addOption(choice('--group-by <GROUP>', 'of sales', SALES_GROUPS, 'day'))
    .option('--top <COUNT>', 'the rows with the largest amounts alone', Number)
    .addOption(choice('--kind <KIND>', 'of the report of a shift', ['x', 'z'], 'x'))
    .option('--shift <ID>', 'a shift by its id (default: the open one for x, the last for z)')
    .addOption(choice('--format <FORMAT>', 'how it is written', FORMATS, 'text'))
    .addOption(choice('--paper <PAPER>', 'of html', PAPERS, 'a4'))
    .addOption(choice('--lang <LANGUAGE>', 'of text and html', LANGUAGES, 'en'))
    .option('--out <FILE>', 'write it to a file instead of printing it');
}

function choice(flags: string, help: string, choices: readonly string[], fallback: string): Option {
  return new Option(flags, help).choices(choices).default(fallback);
}

/** I7, and with it every row and total once more: the stored history folds to what is stored, and its hash chain is whole. */
import { verifyDatabase } from '../../../src/store/verify/verify-database.js';
import type { Checker } from './evidence.js';

export class ChainChecker implements Checker {
  #findings: readonly string[] = [];

  findings(): readonly string[] {
    return this.#findings;
  }

  /** `commits`: how many the branches were told of altogether, the making of each branch among them. */
  async verify(file: string, commits: number): Promise<void> {
    const report = await verifyDatabase({ file });
    this.#findings = [
      ...(report.clean ? [] : [`verify: ${report.difference ?? 'not clean'}`]),
      ...(report.events === commits
        ? []
        : [`${String(report.events)} commits are stored, ${String(commits)} were acknowledged`]),
    ];
  }
}

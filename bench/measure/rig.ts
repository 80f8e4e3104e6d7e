/** A hub with its load: started together, measured together, gone together. */
import { HubProcess, type HubOptions } from '../hub/hub-process.js';
import { signTokens } from '../hub/tokens.js';
import { Generator } from '../load/generator.js';
import type { WorkKind } from '../load/tills.js';
import type { ViewName } from '#dist/protocol/messages.js';
import type { CpuTimes } from './process-figures.js';

export interface RigOptions {
  readonly hub: HubOptions;
  /** Connections of tills; 0: no process for tills. */
  readonly tills: number;
  readonly work: readonly WorkKind[];
  /** Orders of five lines for small updates; 1,000. */
  readonly ordersPrepared?: number;
  readonly screens: number;
  readonly view?: ViewName;
  /** Screens that decode and check; 2. */
  readonly checking?: number;
  /** Keep when each delta had arrived at the last screen. */
  readonly timed?: boolean;
}

/** CPU while something was measured. */
export interface RigCpu {
  readonly wallMs: number;
  readonly hub: CpuTimes;
  readonly tillsMs: number;
  readonly screensMs: number;
}

export class Rig {
  readonly hub: HubProcess;
  readonly tills: Generator;
  readonly screens: Generator;

  private constructor(hub: HubProcess, tills: Generator, screens: Generator) {
    this.hub = hub;
    this.tills = tills;
    this.screens = screens;
  }

  /** The screens are live before the first command of the measurement. */
  static async start(options: RigOptions): Promise<Rig> {
    const { tills, work, screens, view = 'orders', checking = 2, timed = false } = options;
    const { ordersPrepared = 1_000 } = options;
    const hub = await HubProcess.start(options.hub);
    const rig = new Rig(hub, await Generator.start(), await Generator.start());
    try {
      const { port, directory } = hub;
      if (tills > 0) {
        const tokens = await signTokens(directory, { role: 'manager', count: tills });
        await rig.tills.call('tills.open', { port, tokens, work, ordersPrepared });
      }
      if (screens > 0) {
        const tokens = await signTokens(directory, { role: 'cashier', count: screens });
        await rig.screens.call('screens.open', { port, tokens, view, checking, timed });
      }
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  /** Runs something and tells what CPU it took on each side. */
  async measured<Value>(run: () => Promise<Value>): Promise<readonly [Value, RigCpu]> {
    const clocks = { hub: this.hub.cpu(), tills: this.tills.cpu(), screens: this.screens.cpu() };
    const from = performance.now();
    const value = await run();
    const cpu = {
      wallMs: performance.now() - from,
      hub: clocks.hub.elapsed(),
      tillsMs: clocks.tills.elapsed().totalMs,
      screensMs: clocks.screens.elapsed().totalMs,
    };
    return [value, cpu];
  }

  /** Throws where a screen was told something wrong, or holds something else than a newcomer is given. */
  async checkScreens(): Promise<void> {
    const reports = await this.screens.call('screens.report');
    const faults = reports.flatMap(({ faults: of }) => of);
    const differences = await this.screens.call('screens.check');
    const found = [...faults, ...differences];
    if (found.length > 0) throw new Error(`the screens are wrong: ${found.join('; ')}`);
  }

  async stop(): Promise<void> {
    await Promise.all([this.tills.stop(), this.screens.stop()]);
    await this.hub.stop();
  }
}

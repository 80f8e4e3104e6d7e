/** How much a terminal shows. Some (a recorded session, a bare pty) have no size and say 0. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/** The size that the terminal tells, or a usual one for what it does not know. */
export function terminalSize({ columns, rows }: Partial<TerminalSize>): TerminalSize {
  return {
    columns: columns === undefined || columns === 0 ? USUAL_COLUMNS : columns,
    rows: rows === undefined || rows === 0 ? USUAL_ROWS : rows,
  };
}

/** What does not fit is said, since it would push the status line away. */
export function fitInto(lines: readonly string[], room: number): readonly string[] {
  return lines.length > room ? [...lines.slice(0, Math.max(0, room - 1)), '  ... and more'] : lines;
}

const WIDTH = 28;
const REDRAW_MS = 100;
/** Between two lines where nothing can be redrawn. */
const PLAIN_MS = 1_000;

/** A line that shows how far long work has come: redrawn in a terminal, a line per tenth elsewhere, silent in `--json`. */
export class Progress {
  /** Counted from the first update: what came before was no progress. */
  private started: number | undefined;
  private drawnAt = 0;
  private tenth = -1;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> | undefined,
  ) {}

  update(done: number, note = ''): void {
    if (this.out === undefined) return;
    this.started ??= performance.now();
    const share = this.total === 0 ? 1 : Math.min(1, done / this.total);
    if (this.out.isTTY) {
      const now = performance.now();
      if (share < 1 && now - this.drawnAt < REDRAW_MS) return;
      this.drawnAt = now;
      this.out.write(`\r\u001b[2K${this.line(share, done, note)}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth === this.tenth) return;
    this.tenth = tenth;
    this.out.write(`${this.line(share, done, note)}\n`);
  }

  end(): void {
    if (this.out?.isTTY) this.out.write('\n');
  }

  private line(share: number, done: number, note: string): string {
    const filled = Math.round(share * WIDTH);
    const seconds = (performance.now() - (this.started ?? 0)) / 1_000;
    const rate = seconds > 0 ? done / seconds : 0;
    const left = rate > 0 ? Math.max(0, Math.ceil((this.total - done) / rate)) : 0;
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    return `${this.label} ${bar} ${done}/${this.total} ${rate.toFixed(1)}/s ${left}s left ${note}`.trimEnd();
  }
}

/** A line that counts work whose end is unknown: redrawn in a terminal, at most one line a second elsewhere. */
export class Counter {
  private drawnAt = -REDRAW_MS;
  private last = '';

  constructor(private readonly out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> | undefined) {}

  update(text: string): void {
    if (this.out === undefined || text === this.last) return;
    const now = performance.now();
    if (now - this.drawnAt < (this.out.isTTY ? REDRAW_MS : PLAIN_MS)) return;
    this.drawnAt = now;
    this.last = text;
    this.out.write(this.out.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
  }

  end(): void {
    if (this.out?.isTTY) this.out.write('\r\u001b[2K');
  }
}

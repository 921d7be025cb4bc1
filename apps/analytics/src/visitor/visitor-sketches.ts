import type { Tx } from '@lethe/database';
import { type FullWindowRow, KEEP_SKETCH, LOCK_FULL_WINDOWS, TAKE_VISITORS } from './visitor.sql.js';
import { VisitorSketch } from './visitor-sketch.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Rows that a window which is estimated already gathers before they go into its sketch. */
const GATHERED = 5_000;

/** Replaces the visitors of a window by a sketch of them once they are more than are kept one by one. */
export class VisitorSketches {
  constructor(
    /** How many visitors of a window are counted exactly. */
    private readonly exactUpTo: number,
  ) {}

  /** Looks after the windows of these times, in the transaction that counted them. */
  async fold(tx: Tx, times: readonly Date[]): Promise<void> {
    if (times.length === 0) return;
    const starts = new Set(times.flatMap((at) => [binOf(at, HOUR_MS), binOf(at, DAY_MS)]));
    const values = [[...starts].map((ms) => new Date(ms)), this.exactUpTo, Math.min(GATHERED, this.exactUpTo)];
    for (const full of await tx.query<FullWindowRow>(LOCK_FULL_WINDOWS, values)) {
      const { type, grain, start, isExact, sketch } = full;
      const taken = await tx.query<{ visitor: string }>(TAKE_VISITORS, [type, grain, start]);
      const known = isExact || sketch === null ? VisitorSketch.empty() : VisitorSketch.from(sketch);
      const bytes = known.add(taken.map(({ visitor }) => visitor)).bytes();
      await tx.query(KEEP_SKETCH, [type, grain, start, bytes, taken.length]);
    }
  }
}

const binOf = (at: Date, width: number): number => Math.floor(at.getTime() / width) * width;

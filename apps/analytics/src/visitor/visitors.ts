import { Database } from '@lethe/database';
import { cutOf, parametersOf } from '../report/edges.js';
import type { Period } from '../report/period.js';
import { VisitorSketch } from './visitor-sketch.js';
import {
  CACHE_SKETCH,
  COUNT_VISITORS,
  FIND_VISITORS,
  FIND_VISITORS_BETWEEN,
  FIND_VISITOR_WINDOWS,
  type VisitorWindowRow,
} from './visitor.sql.js';

/** How many there were, and whether that was counted or is an estimate by a sketch. */
export interface VisitorCount {
  readonly visitors: number;
  readonly isExact: boolean;
}

interface VisitorRow {
  readonly visitor: string;
}

/** How many different visitors there were: counted while they are few, else estimated from sketches of days. */
export class Visitors {
  constructor(
    private readonly database: Database,
    /** How many rows are counted for one answer. */
    private readonly exactUpTo: number,
  ) {}

  /** By type of click; the type '' stands for all. Types that nobody clicked are left out. */
  async count(types: readonly string[], period: Period): Promise<Map<string, VisitorCount>> {
    const cut = parametersOf(cutOf(period, ['day']));
    const windows = await this.database.query<VisitorWindowRow>(FIND_VISITOR_WINDOWS, [types, ...cut.slice(0, 4)]);
    const ofType = (type: string) => windows.filter((window) => window.type === type);
    const isFew = (type: string): boolean => {
      const rows = ofType(type);
      return (
        rows.every(({ isExact }) => isExact) && rows.reduce((sum, { stored }) => sum + stored, 0) <= this.exactUpTo
      );
    };
    const few = types.filter(isFew);
    const counts = new Map<string, VisitorCount>();
    for (const { type, visitors } of await this.database.query<{ type: string; visitors: number }>(COUNT_VISITORS, [
      few,
      ...cut,
    ]))
      counts.set(type, { visitors, isExact: true });
    for (const type of types.filter((one) => !isFew(one))) {
      counts.set(type, { visitors: await this.estimate(type, ofType(type), cut.slice(4)), isExact: false });
    }
    return counts;
  }

  /** How many came in one window. */
  async ofWindow(window: VisitorWindowRow): Promise<VisitorCount> {
    if (window.isExact) return { visitors: window.stored, isExact: true };
    return { visitors: (await this.sketchOf(window)).count(), isExact: false };
  }

  private async estimate(
    type: string,
    windows: readonly VisitorWindowRow[],
    edges: readonly unknown[],
  ): Promise<number> {
    const sum = VisitorSketch.empty();
    for (const window of windows) sum.merge(await this.sketchOf(window));
    const rest = await this.database.query<VisitorRow>(FIND_VISITORS_BETWEEN, [type, ...edges]);
    return sum.add(rest.map(({ visitor }) => visitor)).count();
  }

  /** The sketch of a window that is exact is made when it is first asked for, and kept until somebody new comes. */
  private async sketchOf({
    type,
    grain,
    start,
    stored,
    isExact,
    sketched,
    sketch,
  }: VisitorWindowRow): Promise<VisitorSketch> {
    if (sketch !== null && stored === sketched) return VisitorSketch.from(sketch);
    const rows = await this.database.query<VisitorRow>(FIND_VISITORS, [type, grain, start]);
    const known = isExact || sketch === null ? VisitorSketch.empty() : VisitorSketch.from(sketch);
    const made = known.add(rows.map(({ visitor }) => visitor));
    if (isExact) await this.database.query(CACHE_SKETCH, [type, grain, start, made.bytes(), rows.length]);
    return made;
  }
}

import { median } from '../report/statistics.js';
import type { Extent, PartRow } from '../report/part-report.js';

/** One way of doing the operation that is measured. */
export interface SideContender {
  readonly name: string;
  readonly operation: () => unknown;
}

/** Operations under way at once: enough for one that hands its work to the thread pool. */
const CONCURRENCY = 16;

interface Slice {
  readonly operationsPerSecond: number;
  readonly cpuMicros: number;
}

/** What was found, with comparisons that other work of the machine hardly touches. */
export class SideBySide {
  constructor(private readonly slices: ReadonlyMap<string, readonly Slice[]>) {}

  get rows(): PartRow[] {
    return [...this.slices].map(([contender, slices]) => ({
      contender,
      operationsPerSecond: median(slices.map((slice) => slice.operationsPerSecond)),
      cpuMicros: median(slices.map((slice) => slice.cpuMicros)),
    }));
  }

  /** Operations per second of one to those of another: the median of the rounds, in which they ran one after the other. */
  speedOf(name: string, to: string): number | undefined {
    return this.#ratio(name, to, 'operationsPerSecond');
  }

  /** CPU per operation of one to that of another, as {@link speedOf}. */
  costOf(name: string, to: string): number | undefined {
    return this.#ratio(name, to, 'cpuMicros');
  }

  #ratio(name: string, to: string, figure: keyof Slice): number | undefined {
    const slices = this.slices.get(name);
    const others = this.slices.get(to);
    if (!slices || !others) return undefined;
    return median(slices.map((slice, round) => slice[figure] / (others[round]?.[figure] ?? Number.NaN)));
  }
}

/** Runs the contenders in turn, a slice of time each, round by round: what the machine does besides hits all alike. */
export async function sideBySide(
  contenders: readonly SideContender[],
  extent: Extent,
  concurrency: number = CONCURRENCY,
): Promise<SideBySide> {
  const slices = new Map<string, Slice[]>(contenders.map(({ name }) => [name, []]));
  for (const { operation } of contenders) await runSlice(operation, extent.sliceMs, concurrency);
  for (let round = 0; round < extent.rounds; round += 1) {
    // Back and forth, so that none always runs behind the same one.
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const { name, operation } of order)
      slices.get(name)?.push(await runSlice(operation, extent.sliceMs, concurrency));
  }
  return new SideBySide(slices);
}

async function runSlice(operation: () => unknown, sliceMs: number, concurrency: number): Promise<Slice> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const end = began + sliceMs;
  let operations = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      await operation();
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const { user, system } = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - began;
  return { operationsPerSecond: (operations / elapsedMs) * 1_000, cpuMicros: (user + system) / operations };
}

import type { Bound } from './bounds.js';

/** How long to measure. */
export interface Extent {
  /** Slices of time for each contender; the median counts. */
  readonly rounds: number;
  readonly sliceMs: number;
  /** Whether it is to be short: less is made ready, too. */
  readonly quick: boolean;
}

/** Figures of one contender. */
export interface PartRow {
  readonly contender: string;
  readonly operationsPerSecond: number;
  /** CPU of the measured process per operation, in microseconds. */
  readonly cpuMicros: number;
  /** Milliseconds; left out where it says nothing. */
  readonly medianMs?: number;
  /** Milliseconds; left out where single operations were not timed. */
  readonly p99Ms?: number;
}

/** A number to hold, and what was found. Undefined where what it needs did not run. */
export interface MeasuredBound extends Pick<Bound, 'claim' | 'unit' | 'atLeast' | 'atMost'> {
  readonly measured: number | undefined;
}

/** What one part of the suite found. */
export interface PartReport {
  readonly title: string;
  /** How it was measured, for the document. */
  readonly how: string;
  readonly rows: readonly PartRow[];
  readonly bounds: readonly MeasuredBound[];
}

/** A part of the suite: what it compares, and with what bounds. */
export interface SuitePart {
  /** What `--only` matches. */
  readonly name: string;
  /** Tells `progress` of what takes long. */
  readonly run: (extent: Extent, progress: (line: string) => void) => Promise<PartReport>;
}

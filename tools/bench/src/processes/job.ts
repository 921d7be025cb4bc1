import type { Settings } from '../contenders/contender.js';
import type { Measurement, Window } from '../measure/probe.js';
import type { WorkloadName } from '../workload.js';

/** What a process of its own is to do; JSON in its first argument. */
export interface ConsumeJob {
  readonly contender: string;
  readonly workload: WorkloadName;
  readonly settings: Settings;
  readonly topology: string;
  readonly window: Window;
}

/** The last word of a process. */
export type ProcessReport<Result> =
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'failed'; readonly reason: string };

export interface ConsumeResult {
  readonly measurement: Measurement;
  /** Calls of the handler. */
  readonly handled: number;
}

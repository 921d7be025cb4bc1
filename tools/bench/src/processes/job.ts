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

export interface SendJob {
  readonly sender: string;
  readonly topology: string;
  readonly window: Window;
}

export interface RelayJob {
  readonly databaseUrl: string;
  readonly topology: string;
  /** Relays of this process, each with connections of its own. */
  readonly relays: number;
  readonly window: Window;
}

export interface LatencyJob {
  readonly databaseUrl: string;
  readonly topology: string;
  readonly rounds: number;
}
export interface LatencyResult {
  /** Milliseconds from commit to handler, ascending. */
  readonly latencies: readonly number[];
}

export interface BacklogJob {
  readonly contender: string;
  readonly topology: string;
  readonly count: number;
  /** Messages between two looks at the memory. */
  readonly every: number;
}
export interface MemorySample {
  readonly messages: number;
  readonly heapMiB: number;
  readonly peakMiB: number;
}
export interface BacklogResult {
  readonly samples: readonly MemorySample[];
}

export interface LoadJob {
  readonly port: number;
  /** Asked in turn, a slice of time each. */
  readonly paths: readonly string[];
  /** Answers with the `process.cpuUsage()` of the server. */
  readonly cpuPath: string;
  /** Sent as a bearer token. */
  readonly token: string;
  readonly connections: number;
  readonly rounds: number;
  readonly sliceMs: number;
}
export interface LoadSlice {
  readonly path: string;
  readonly operationsPerSecond: number;
  /** CPU of the server per request, in microseconds. */
  readonly cpuMicros: number;
  readonly p99Ms: number;
}
export interface LoadResult {
  readonly slices: readonly LoadSlice[];
}

/** A server that is put under load; its result is that of the load. */
export type GuardJob = Pick<LoadJob, 'rounds' | 'sliceMs'>;

/** The last word of a process. */
export type ProcessReport<Result> =
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'failed'; readonly reason: string };

export interface ConsumeResult {
  readonly measurement: Measurement;
  /** Calls of the handler. */
  readonly handled: number;
}

import type { Measurement } from '../measure/probe.js';
import type { SendMeasurement } from '../measure/send-meter.js';
import type { WorkloadName } from '../workload.js';
import { percentile } from './statistics.js';

/** Figures of one consumer under one workload. */
export interface ConsumerRow {
  readonly contender: string;
  /** Whether at its own defaults or at the best settings found. */
  readonly at: 'defaults' | 'best';
  readonly settings: string;
  readonly workload: WorkloadName;
  readonly messagesPerSecond: number;
  readonly cpuMsPerMessage: number;
  readonly callsPerMessage: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly peakMiB: number;
  /** Messages of which the latencies are. */
  readonly measured: number;
  /** Whether the time was up before all messages were consumed. */
  readonly capped: boolean;
}

export type RowName = Pick<ConsumerRow, 'contender' | 'at' | 'settings' | 'workload'>;

export function consumerRow(name: RowName, measurement: Measurement): ConsumerRow {
  const { messages, elapsedMs, cpuMs, calls, capped, latencies, peakMiB } = measurement;
  return {
    ...name,
    messagesPerSecond: messages / (elapsedMs / 1_000),
    cpuMsPerMessage: cpuMs / messages,
    callsPerMessage: calls / messages,
    medianMs: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    peakMiB,
    measured: latencies.length,
    capped,
  };
}

/** Of several runs of one row, that with the median of messages per second. */
export function medianRow(rows: readonly [ConsumerRow, ...ConsumerRow[]]): ConsumerRow {
  const ascending = rows.toSorted((a, b) => a.messagesPerSecond - b.messagesPerSecond);
  return ascending[Math.floor((ascending.length - 1) / 2)] ?? rows[0];
}

/** Figures of one sender. */
export interface SenderRow {
  readonly sender: string;
  readonly messagesPerSecond: number;
  readonly cpuMsPerMessage: number;
  readonly callsPerMessage: number;
  readonly peakMiB: number;
  readonly capped: boolean;
}

export function senderRow(sender: string, measurement: SendMeasurement): SenderRow {
  const { messages, elapsedMs, cpuMs, calls, capped, peakMiB } = measurement;
  return {
    sender,
    messagesPerSecond: messages / (elapsedMs / 1_000),
    cpuMsPerMessage: cpuMs / messages,
    callsPerMessage: calls / messages,
    peakMiB,
    capped,
  };
}

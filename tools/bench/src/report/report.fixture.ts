import { BARE_LOOP, LETHE_CONSUMER, SDK_LOOP, SQS_CONSUMER } from '../contenders/names.js';
import { LETHE_BATCHES, LETHE_CONCURRENT, LETHE_ONE_BY_ONE, ONE_RELAY } from '../senders/names.js';
import type { WorkloadName } from '../workload.js';
import type { MessagingReport } from './report.js';
import type { ConsumerRow, SenderRow } from './rows.js';

export function row(contender: string, workload: WorkloadName, figures: Partial<ConsumerRow> = {}): ConsumerRow {
  return {
    contender,
    workload,
    at: 'best',
    settings: '8 polls',
    messagesPerSecond: 1_000,
    cpuMsPerMessage: 0.1,
    callsPerMessage: 0.2,
    medianMs: 5,
    p99Ms: 10,
    peakMiB: 100,
    measured: 20_000,
    capped: false,
    ...figures,
  };
}

export function sent(sender: string, messagesPerSecond: number, callsPerMessage: number): SenderRow {
  return { sender, messagesPerSecond, callsPerMessage, cpuMsPerMessage: 0.05, peakMiB: 90, capped: false };
}

/** A report in which every bound holds by a hair. */
export const goodReport: MessagingReport = {
  at: '2026-01-02T03:04:05.678Z',
  quick: false,
  machine: {
    cpu: 'a processor',
    cores: 2,
    memoryGiB: 8,
    system: 'Linux 6',
    node: 'v24.0.0',
    packages: { fauxqs: '2.4.1' },
  },
  consumers: [
    row(SQS_CONSUMER, 'mixed', { at: 'defaults', messagesPerSecond: 100 }),
    row(SQS_CONSUMER, 'mixed', { messagesPerSecond: 1_000, p99Ms: 500 }),
    row(LETHE_CONSUMER, 'mixed', { at: 'defaults', messagesPerSecond: 2_000, p99Ms: 100, callsPerMessage: 0.22 }),
    row(SDK_LOOP, 'none', { messagesPerSecond: 4_000 }),
    row(BARE_LOOP, 'none', { messagesPerSecond: 10_000 }),
    row(LETHE_CONSUMER, 'none', { at: 'defaults', messagesPerSecond: 8_000 }),
  ],
  senders: [sent(LETHE_ONE_BY_ONE, 1_000, 1), sent(LETHE_CONCURRENT, 6_000, 0.11), sent(LETHE_BATCHES, 8_000, 0.1)],
  relays: [sent(ONE_RELAY, 4_000, 0.1)],
  latencies: [9, 50, 300],
  backlog: [
    { messages: 20_000, heapMiB: 20, peakMiB: 100 },
    { messages: 200_000, heapMiB: 22, peakMiB: 110 },
  ],
};

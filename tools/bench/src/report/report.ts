import type { MemorySample } from '../processes/job.js';
import type { Machine } from './machine.js';
import type { ConsumerRow, SenderRow } from './rows.js';

/** Everything that one run of the benchmark found. */
export interface MessagingReport {
  readonly at: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly consumers: readonly ConsumerRow[];
  readonly senders: readonly SenderRow[];
  readonly relays: readonly SenderRow[];
  /** Milliseconds from commit to handler when idle, ascending. */
  readonly latencies: readonly number[];
  readonly backlog: readonly MemorySample[];
}

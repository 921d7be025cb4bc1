import { BARE_LOOP, LETHE_CONSUMER, SDK_LOOP, SQS_CONSUMER } from '../contenders/names.js';
import { LETHE_BATCHES, LETHE_CONCURRENT, LETHE_ONE_BY_ONE, ONE_RELAY } from '../senders/names.js';
import type { WorkloadName } from '../workload.js';
import type { MessagingReport } from './report.js';
import type { ConsumerRow, SenderRow } from './rows.js';
import { percentile } from './statistics.js';

/** A number to hold. */
export interface Bound {
  readonly claim: string;
  readonly unit: '×' | '' | 'ms';
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Undefined where a row that it needs was not run. */
  readonly of: (report: MessagingReport) => number | undefined;
}

export interface Verdict {
  readonly claim: string;
  readonly unit: Bound['unit'];
  readonly needed: string;
  readonly measured: number | undefined;
  readonly holds: boolean | undefined;
}

type Figure = 'messagesPerSecond' | 'p99Ms' | 'callsPerMessage';

/** A figure of a consumer: of its best settings where it has any, unless its defaults are asked for. */
function consumer(
  { consumers }: MessagingReport,
  name: string,
  workload: WorkloadName,
  figure: Figure,
  at: ConsumerRow['at'] = 'best',
): number | undefined {
  const rows = consumers.filter((row) => row.contender === name && row.workload === workload);
  return (rows.find((row) => row.at === at) ?? (at === 'best' ? rows[0] : undefined))?.[figure];
}

function sender(rows: readonly SenderRow[], name: string): SenderRow | undefined {
  return rows.find((row) => row.sender === name);
}

function ratio(dividend: number | undefined, divisor: number | undefined): number | undefined {
  return dividend === undefined || divisor === undefined ? undefined : dividend / divisor;
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The bounds of the requirement, in its order. */
export const bounds: readonly Bound[] = [
  {
    claim: 'mixed handler: messages per second, to `sqs-consumer` at its best',
    unit: '×',
    atLeast: 2,
    of: (report) =>
      ratio(
        consumer(report, LETHE_CONSUMER, 'mixed', 'messagesPerSecond'),
        consumer(report, SQS_CONSUMER, 'mixed', 'messagesPerSecond'),
      ),
  },
  {
    claim: 'mixed handler: p99 from receipt to delete, to `sqs-consumer` at its best',
    unit: '×',
    atMost: 0.2,
    of: (report) =>
      ratio(consumer(report, LETHE_CONSUMER, 'mixed', 'p99Ms'), consumer(report, SQS_CONSUMER, 'mixed', 'p99Ms')),
  },
  {
    claim: 'mixed handler: messages per second, to `sqs-consumer` at its defaults',
    unit: '×',
    atLeast: 20,
    of: (report) =>
      ratio(
        consumer(report, LETHE_CONSUMER, 'mixed', 'messagesPerSecond'),
        consumer(report, SQS_CONSUMER, 'mixed', 'messagesPerSecond', 'defaults'),
      ),
  },
  {
    claim: 'empty handler: messages per second, to the SDK loop by hand',
    unit: '×',
    atLeast: 2,
    of: (report) =>
      ratio(
        consumer(report, LETHE_CONSUMER, 'none', 'messagesPerSecond'),
        consumer(report, SDK_LOOP, 'none', 'messagesPerSecond'),
      ),
  },
  {
    claim: 'empty handler: messages per second, to the bare HTTP loop',
    unit: '×',
    atLeast: 0.8,
    of: (report) =>
      ratio(
        consumer(report, LETHE_CONSUMER, 'none', 'messagesPerSecond'),
        consumer(report, BARE_LOOP, 'none', 'messagesPerSecond'),
      ),
  },
  {
    claim: 'calls per message consumed, the most of the three handlers',
    unit: '',
    atMost: 0.22,
    of: (report) =>
      largest(
        (['none', 'steady', 'mixed'] as const).map((workload) =>
          consumer(report, LETHE_CONSUMER, workload, 'callsPerMessage'),
        ),
      ),
  },
  {
    claim: 'calls per message sent by single sends at once',
    unit: '',
    atMost: 0.11,
    of: ({ senders }) => sender(senders, LETHE_CONCURRENT)?.callsPerMessage,
  },
  {
    claim: 'single sends at once, to one by one',
    unit: '×',
    atLeast: 6,
    of: ({ senders }) =>
      ratio(sender(senders, LETHE_CONCURRENT)?.messagesPerSecond, sender(senders, LETHE_ONE_BY_ONE)?.messagesPerSecond),
  },
  {
    claim: 'live memory at the end of a backlog of 200,000, to that after a tenth of it',
    unit: '×',
    atMost: 1.1,
    of: ({ backlog }) => ratio(backlog.at(-1)?.heapMiB, backlog[0]?.heapMiB),
  },
  {
    claim: 'one relay, to the bare publisher',
    unit: '×',
    atLeast: 0.5,
    of: ({ senders, relays }) =>
      ratio(sender(relays, ONE_RELAY)?.messagesPerSecond, sender(senders, LETHE_BATCHES)?.messagesPerSecond),
  },
  {
    claim: 'idle: median from commit to handler',
    unit: 'ms',
    atMost: 50,
    of: ({ latencies }) => (latencies.length === 0 ? undefined : percentile(latencies, 50)),
  },
];

/** A bound held against what was measured of it. */
export function judge({ claim, unit, atLeast, atMost }: Omit<Bound, 'of'>, measured: number | undefined): Verdict {
  const holds =
    measured === undefined
      ? undefined
      : measured >= (atLeast ?? Number.NEGATIVE_INFINITY) && measured <= (atMost ?? Number.POSITIVE_INFINITY);
  const needed = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  return { claim, unit, needed: unit === '' ? needed : `${needed} ${unit}`, measured, holds };
}

export function verdicts(report: MessagingReport, of: readonly Bound[] = bounds): Verdict[] {
  return of.map((bound) => judge(bound, bound.of(report)));
}

import { type WorkloadName, workloads } from '../workload.js';
import { type Verdict, verdicts } from './bounds.js';
import type { MessagingReport } from './report.js';
import type { ConsumerRow, SenderRow } from './rows.js';
import { suiteSection } from './suite-section.js';
import { percentile } from './statistics.js';
import { figure, markdownTable } from './table.js';

const CAPPED = '¹';
const CAPPED_NOTE = `${CAPPED} The time was up before all messages were through; the figures are of those that were.`;

/** One row per consumer and settings. */
export function consumerTable(rows: readonly ConsumerRow[]): string {
  return markdownTable(
    ['consumer', 'settings', 'messages/s', 'CPU ms/message', 'calls/message', 'median ms', 'p99 ms', 'peak MiB'],
    rows.map((row) => [
      row.contender,
      row.at === 'defaults' ? 'defaults' : row.settings,
      figure(row.messagesPerSecond) + (row.capped ? CAPPED : ''),
      figure(row.cpuMsPerMessage, 3),
      figure(row.callsPerMessage, 3),
      figure(row.medianMs, 1),
      figure(row.p99Ms, 1),
      figure(row.peakMiB),
    ]),
  );
}

export function senderTable(rows: readonly SenderRow[]): string {
  return markdownTable(
    ['sender', 'messages/s', 'CPU ms/message', 'calls/message', 'peak MiB'],
    rows.map((row) => [
      row.sender,
      figure(row.messagesPerSecond) + (row.capped ? CAPPED : ''),
      figure(row.cpuMsPerMessage, 3),
      figure(row.callsPerMessage, 3),
      figure(row.peakMiB),
    ]),
  );
}

export function boundsTable(all: readonly Verdict[]): string {
  return markdownTable(
    ['bound', 'needed', 'measured', 'verdict'],
    all.map(({ claim, unit, needed, measured, holds }) => {
      const value = measured === undefined ? '-' : `${figure(measured, unit === 'ms' ? 1 : 3)} ${unit}`.trim();
      return [claim, needed, value, holds ? 'holds' : 'MISSED'];
    }),
  );
}

function section(title: string, ...paragraphs: readonly string[]): string {
  return [`### ${title}`, ...paragraphs].join('\n\n');
}

function consumerSections({ consumers }: MessagingReport): string[] {
  return (Object.keys(workloads) as WorkloadName[]).flatMap((name) => {
    const rows = consumers.filter(({ workload }) => workload === name);
    if (rows.length === 0) return [];
    const notes = rows.some(({ capped }) => capped) ? [CAPPED_NOTE] : [];
    return [section(`Consuming: ${workloads[name].title}`, consumerTable(rows), ...notes)];
  });
}

function sendingSections({ senders, relays }: MessagingReport): string[] {
  const rows = [...senders, ...relays];
  if (rows.length === 0) return [];
  const notes = rows.some(({ capped }) => capped) ? [CAPPED_NOTE] : [];
  return [section('Sending to a queue', senderTable(rows), ...notes)];
}

function outboxSections({ latencies, backlog }: MessagingReport): string[] {
  const last = backlog.at(-1);
  return [
    ...(latencies.length === 0
      ? []
      : [
          section(
            'From commit to handler, idle',
            `By outbox, relay, SNS and SQS, ${latencies.length} times: median ${figure(percentile(latencies, 50), 1)} ms, p99 ${figure(percentile(latencies, 99), 1)} ms.`,
          ),
        ]),
    ...(last === undefined
      ? []
      : [
          section(
            `Memory over a backlog of ${figure(last.messages)}`,
            markdownTable(
              ['messages consumed', 'live heap MiB', 'peak resident MiB'],
              backlog.map(({ messages, heapMiB, peakMiB }) => [figure(messages), figure(heapMiB, 1), figure(peakMiB)]),
            ),
          ),
        ]),
  ];
}

/** The figures as text for a terminal. A run of a part has few bounds, or none. */
export function reportText(report: MessagingReport): string {
  const known = verdicts(report).filter(({ holds }) => holds !== undefined);
  return [
    ...consumerSections(report),
    ...sendingSections(report),
    ...outboxSections(report),
    ...(known.length === 0 ? [] : [section('Bounds', boundsTable(known))]),
  ].join('\n\n');
}

/** The part of docs/benchmarks.md on messaging. */
export function messagingSection(report: MessagingReport): string {
  return suiteSection('messaging', { ...report, text: [HOW, reportText(report)].join('\n\n') });
}

const HOW = `### How it is measured

Every contender runs in a process of its own, one after the other, against fauxqs in another process, whose messages lie
in memory, so that the client is the bottleneck and not the server or a disk. A real queue adds some 10 to 20 ms to each
call: there, the number of calls in flight counts for more, and the CPU for less.

The queue is full before a contender starts. The first messages are its warm-up; then those follow that are measured, and
behind them others, so that the load is the same until the last measured message is deleted. Messages per second, CPU and
calls are of everything in that time; the CPU is that of the whole process. Where a bound compares, the median of three
runs is given. Latency is from the answer of the receive to the answer of the delete, at the contender's own client, by
nearest rank. Peak memory is the largest resident set, the start of the process included. All handlers get the same
CloudEvents, and their data parsed.

Peers run at their defaults and at the best settings we found (\`--tune\` looks for them): the most messages per second.
The loops by hand poll without waiting for handlers and delete by ten; they know neither retries nor heartbeats, nor a
drain, and survive no error.`;

import { describe, expect, it } from '@jest/globals';
import { LETHE_CONSUMER } from '../contenders/names.js';
import { bounds, verdicts } from './bounds.js';
import { goodReport } from './report.fixture.js';
import type { MessagingReport } from './report.js';

/** The report with some figures of Lethe's consumer made worse. */
function worse(figures: Partial<MessagingReport['consumers'][number]>): MessagingReport {
  return {
    ...goodReport,
    consumers: goodReport.consumers.map((row) => (row.contender === LETHE_CONSUMER ? { ...row, ...figures } : row)),
  };
}

const missed = (report: MessagingReport): string[] =>
  verdicts(report).flatMap(({ claim, holds }) => (holds === false ? [claim] : []));

describe('bounds', () => {
  it('hold at their very edge', () => {
    expect(verdicts(goodReport).map(({ holds }) => holds)).toEqual(bounds.map(() => true));
  });

  it('are missed just beyond it', () => {
    expect(missed(worse({ p99Ms: 100.1 }))).toEqual([expect.stringContaining('p99')]);
    expect(missed(worse({ callsPerMessage: 0.221 }))).toEqual([expect.stringContaining('calls per message consumed')]);
    expect(missed(worse({ messagesPerSecond: 1_999 }))).toHaveLength(4);
    expect(missed({ ...goodReport, latencies: [51] })).toEqual([expect.stringContaining('commit to handler')]);
    expect(
      missed({
        ...goodReport,
        relays: goodReport.senders.map((row) => ({
          ...row,
          sender: 'Lethe outbox, one relay',
          messagesPerSecond: 3_999,
        })),
      }),
    ).toEqual([expect.stringContaining('relay')]);
  });

  it('have no verdict where what they need was not run', () => {
    const nothing = { ...goodReport, consumers: [], senders: [], relays: [], latencies: [], backlog: [] };

    expect(verdicts(nothing).map(({ holds }) => holds)).toEqual(bounds.map(() => undefined));
  });

  it('say what is needed with its unit', () => {
    const [first, second] = verdicts(goodReport);

    expect([first?.needed, second?.needed]).toEqual(['≥ 2 ×', '≤ 0.2 ×']);
    expect(first?.measured).toBe(2);
  });
});

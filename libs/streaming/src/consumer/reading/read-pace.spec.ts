import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, ReadPace, SHARD_LIMITS } from './read-pace.js';

const MIB = 1024 ** 2;

/** Reads answer after answer in virtual time, and says when each was sent. */
function read(answers: readonly Answer[], idleMs = 500): { pace: ReadPace; sentAt: number[]; now: () => number } {
  let now = 0;
  const pace = new ReadPace(SHARD_LIMITS, idleMs, { monotonic: () => now, random: () => 0.5 });
  const sentAt = answers.map((answer) => {
    now += pace.waitMs;
    pace.sent();
    pace.answered(answer);
    return now;
  });
  now += pace.waitMs;
  return { pace, sentAt: [...sentAt, now], now: () => now };
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((at, i) => at - (times[i] ?? 0));
const behind = (records: number, bytes: number): Answer => ({ records, bytes, millisBehindLatest: 9_000 });
const nothing: Answer = { records: 0, bytes: 0, millisBehindLatest: 0 };

describe('ReadPace', () => {
  it('reads a shard at most five times and 2 MiB a second, whatever the answers', () => {
    const answers = fc.array(
      fc.record({
        records: fc.integer({ min: 1, max: 10_000 }),
        bytes: fc.integer({ min: 0, max: 10 * MIB }),
        millisBehindLatest: fc.nat(10_000),
      }),
      { minLength: 2, maxLength: 40 },
    );
    fc.assert(
      fc.property(answers, (all) => {
        const { sentAt } = read(all);
        for (let from = 0; from < sentAt.length; from += 1) {
          const start = sentAt[from] ?? 0;
          expect(sentAt.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(5);
          for (let to = from + 1; to < sentAt.length; to += 1) {
            const bytes = all.slice(from, to).reduce((sum, answer) => sum + answer.bytes, 0);
            expect(bytes / 2 / MIB).toBeLessThanOrEqual(((sentAt[to] ?? 0) - start) / 1_000);
          }
        }
      }),
    );
  });

  it('waits five seconds after an answer of 10 MiB', () => {
    const [gap = 0] = gaps(read([behind(10, 10 * MIB)]).sentAt);

    expect(gap).toBeGreaterThanOrEqual(5_000);
    expect(gap).toBeLessThan(5_300);
  });

  it('behind, reads as often as is allowed; caught up, less and less often; and at once again when there is more', () => {
    const { sentAt } = read(
      [behind(5, 500), behind(5, 500), nothing, nothing, nothing, nothing, behind(1, 100)],
      1_500,
    );

    expect(gaps(sentAt)).toEqual([205, 205, 410, 820, 1_500, 1_500, 205].map((ms) => expect.closeTo(ms, 3)));
  });

  it('an empty answer of a shard that is behind is no reason to rest', () => {
    const { sentAt } = read([{ ...nothing, millisBehindLatest: 60_000 }]);

    expect(gaps(sentAt)).toEqual([expect.closeTo(205, 3)]);
  });

  it('asks for as many records as may be read in a second, by the size that records have', () => {
    expect(read([]).pace.limit).toBe(50);
    expect(read([behind(500, 50_000)]).pace.limit).toBeGreaterThan(4_300);
    expect(read([behind(500, 500 * 50_000)]).pace.limit).toBe(42);
    expect(read([behind(1, 10 * MIB)]).pace.limit).toBe(1);
    expect(read([behind(500, 500)]).pace.limit).toBe(10_000);
  });

  it('R34: gives way while others take the reads, with growing pauses, and comes back slowly', () => {
    const { pace, now } = read([behind(1, 1)]);
    const pauses = [pace.failed(true), pace.failed(true), pace.failed(true)];

    expect(pauses).toEqual([510, 1_020, 2_040].map((ms) => expect.closeTo(ms, 0)));
    expect(now()).toBeGreaterThan(0);
    pace.sent();
    pace.answered(behind(1, 1));
    expect(pace.waitMs).toBeGreaterThan(1_000);
    for (let i = 0; i < 60; i += 1) pace.answered(behind(1, 1));
    expect(pace.waitMs).toBeLessThan(210);
  });
});

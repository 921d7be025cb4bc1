import { describe, expect, it } from '@jest/globals';
import { ShardGauge } from './shard-gauge.js';

function gaugeAt() {
  const time = { now: 0 };
  const gauge = new ShardGauge(() => time.now);
  const read = (afterMs: number, records: number, millisBehindLatest: number): void => {
    time.now += afterMs;
    gauge.note({ type: 'page-read', shardId: 's', records, bytes: records * 100, millisBehindLatest });
  };
  return { gauge, read };
}

describe('ShardGauge', () => {
  it('knows nothing before the first page, and that nothing is left once Kinesis says so', () => {
    const { gauge, read } = gaugeAt();
    expect(gauge.lagRecords).toBeUndefined();
    read(200, 10, 0);
    expect(gauge.lagRecords).toBe(0);
  });

  it('estimates the records behind by how densely they arrived', () => {
    const { gauge, read } = gaugeAt();
    // 100 records a second arrive; each second of reading passes 5 s of arrival.
    read(0, 500, 60_000);
    for (let at = 1; at <= 8; at += 1) read(1_000, 500, 60_000 - at * 4_000);
    expect(gauge.lagRecords).toBe(2_800);
    expect(gauge.load).toMatchObject({ recordsPerSecond: expect.any(Number) });
  });
});

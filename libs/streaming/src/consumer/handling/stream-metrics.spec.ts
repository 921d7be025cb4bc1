import { beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { StreamMetrics } from './stream-metrics.js';

describe('StreamMetrics', () => {
  let registry: Registry;
  let metrics: StreamMetrics;
  beforeEach(() => {
    registry = new Registry();
    metrics = new StreamMetrics(registry);
  });

  const shown = async (): Promise<string[]> =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('counts records, dead letters and failures by shard, and leases that change hands', async () => {
    const shardId = 's1';
    const error = new Error('x');
    const tell = metrics.listener('clicks');
    tell({
      type: 'batch-handled',
      shardId,
      records: 7,
      invalid: 1,
      durationMs: 20,
      millisBehindLatest: 0,
    });
    tell({ type: 'record-parked', shardId, sequenceNumber: '1', error });
    tell({ type: 'handler-failed', shardId, records: 7, attempt: 1, error });
    tell({ type: 'parking-failed', shardId, attempt: 1, error });
    tell({ type: 'failed', what: 'read', shardId, error });
    tell({ type: 'lease-taken', shardId, from: undefined });
    tell({ type: 'lease-lost', shardId, error });

    expect(await shown()).toEqual(
      expect.arrayContaining([
        'stream_records_total{stream="clicks",shard="s1",outcome="handled"} 7',
        'stream_records_total{stream="clicks",shard="s1",outcome="invalid"} 1',
        'stream_records_total{stream="clicks",shard="s1",outcome="parked"} 1',
        'stream_failures_total{stream="clicks",shard="s1",what="handler"} 1',
        'stream_failures_total{stream="clicks",shard="s1",what="dead-letters"} 1',
        'stream_failures_total{stream="clicks",shard="s1",what="read"} 1',
        'stream_leases_total{stream="clicks",event="taken"} 1',
        'stream_leases_total{stream="clicks",event="lost"} 1',
        'stream_batch_duration_seconds_count{stream="clicks"} 1',
      ]),
    );
  });

  it('shows the lag of the shards that are read now, and of no others', async () => {
    const shards = [
      { shardId: 's1', millisBehindLatest: 1_500, lagRecords: 30 },
      { shardId: 's2', millisBehindLatest: undefined },
    ];
    metrics.watch('clicks', {
      get shards() {
        return shards;
      },
    });

    expect(await shown()).toEqual([
      'stream_lag_seconds{stream="clicks",shard="s1"} 1.5',
      'stream_lag_records{stream="clicks",shard="s1"} 30',
    ]);
    shards.shift();
    expect(await shown()).toEqual([]);
  });
});

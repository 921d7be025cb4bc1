import { describe, expect, it } from '@jest/globals';
import { ShardLimit } from './shard-limit.js';

describe('ShardLimit', () => {
  it('lets a second of bytes through at once, and then what time brings', () => {
    const limit = new ShardLimit({ bytesPerSecond: 1_000, recordsPerSecond: 100 });
    expect(limit.waitFor(1_000, 0)).toBe(0);
    limit.take(1_000);

    expect(limit.waitFor(200, 0)).toBeCloseTo(200);
    expect(limit.waitFor(200, 150)).toBeCloseTo(50);
    expect(limit.waitFor(200, 200)).toBe(0);
  });

  it('counts records as well as bytes', () => {
    const limit = new ShardLimit({ bytesPerSecond: 1_000, recordsPerSecond: 2 });
    limit.take(1);
    limit.take(1);

    expect(limit.waitFor(1, 0)).toBeCloseTo(500);
    expect(limit.waitFor(1, 500)).toBe(0);
  });

  it('saves up no more than a second', () => {
    const limit = new ShardLimit({ bytesPerSecond: 1_000, recordsPerSecond: 100 });
    limit.waitFor(1, 0);
    limit.waitFor(1, 60_000);
    limit.take(1_000);

    expect(limit.waitFor(100, 60_000)).toBeCloseTo(100);
  });

  it('lets a record that is larger than a second through, and then waits for all of it', () => {
    const limit = new ShardLimit({ bytesPerSecond: 1_000, recordsPerSecond: 100 });
    expect(limit.waitFor(3_000, 0)).toBe(0);
    limit.take(3_000);

    expect(limit.waitFor(1_000, 0)).toBeCloseTo(3_000);
  });
});

import { describe, expect, it } from '@jest/globals';
import { weightOf } from './lease-weight.js';
import { LoadMeter } from './load-meter.js';

const KB = 1_024;

describe('LoadMeter', () => {
  const meterAt = () => {
    const time = { now: 5_000 };
    const meter = new LoadMeter(() => time.now, 10_000);
    const run = (seconds: number, records: number, bytes: number): void => {
      for (let at = 0; at < seconds * 5; at += 1) {
        time.now += 200;
        meter.add(records / 5, bytes / 5);
      }
    };
    return { meter, run };
  };

  it('tells nothing before it has seen enough', () => {
    const { meter, run } = meterAt();
    run(1, 100, 100);
    expect(meter.load).toBeUndefined();
  });

  it.each([3, 10, 60])('measures a steady rate, also while it is young: after %d s', (seconds) => {
    const { meter, run } = meterAt();
    run(seconds, 250, 64 * KB);
    expect(meter.load?.recordsPerSecond).toBeGreaterThan(240);
    expect(meter.load?.recordsPerSecond).toBeLessThan(260);
    expect((meter.load?.bytesPerSecond ?? 0) / KB).toBeCloseTo(64, -1);
  });

  it('forgets what was', () => {
    const { meter, run } = meterAt();
    run(30, 1_000, KB);
    run(60, 0, 0);
    expect(meter.load?.recordsPerSecond).toBeLessThan(5);
  });
});

describe('weightOf', () => {
  const weight = (bytesPerSecond: number, recordsPerSecond: number): number =>
    weightOf({ load: { bytesPerSecond, recordsPerSecond } });

  it('is that of the scarcer: bytes or records', () => {
    expect(weight(512 * KB, 10)).toBeCloseTo(0.55);
    expect(weight(KB, 500)).toBeCloseTo(0.55);
  });

  it('is the same for shards that carry nothing, next to nothing, or were never measured', () => {
    expect(weight(0, 0)).toBe(weightOf({ load: undefined }));
    expect(weight(10 * KB, 20)).toBe(weightOf({ load: undefined }));
  });
});

import { describe, expect, it } from '@jest/globals';
import { WindowLogFormatError } from '../rate-limits.errors.js';
import { decodeLog, encodeLog } from './window-log.codec.js';
import { type Counter } from './rate-limit-store.js';
import { MOST_ENTRIES, type WindowLog, grant, stillOut } from './window-log.js';

describe('a log of permits', () => {
  it.each<[string, WindowLog]>([
    ['nothing', []],
    ['one', [{ at: 1_764_000_000_000, count: 1 }]],
    [
      'several',
      [
        { at: 0, count: 127 },
        { at: 1, count: 128 },
        { at: 2 ** 42, count: 1_000_000 },
      ],
    ],
  ])('is read as it was written: %s', (_, log) => {
    expect(decodeLog(encodeLog(log))).toEqual(log);
  });

  it.each([[[0x80]], [[1]], [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]]])(
    'is refused where it was not written so: %j',
    (bytes) => {
      expect(() => decodeLog(Uint8Array.from(bytes))).toThrow(WindowLogFormatError);
    },
  );

  it('S51: stays below 2 KiB, whatever the limit, the window and the rate', () => {
    const counter: Counter = { id: 'x', limit: 1_000_000, windowMs: 31 * 86_400_000 };
    let log: WindowLog = [];
    for (let now = 1_764_000_000_000, step = 0; step < 2_000; step += 1, now += counter.windowMs / 1_000) {
      log = grant(stillOut(log, counter, now), counter, { wanted: 999, now }).log;
    }

    expect(log.length).toBeLessThanOrEqual(MOST_ENTRIES + 1);
    expect(encodeLog(log).length).toBeLessThan(2_048);
  });
});

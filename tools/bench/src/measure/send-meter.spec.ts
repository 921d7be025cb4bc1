import { describe, expect, it } from '@jest/globals';
import { SendMeter } from './send-meter.js';

describe('SendMeter', () => {
  it('is full when the measured messages behind the warm-up were accepted', async () => {
    const clock = { ms: 0 };
    const meter = new SendMeter({ warmUp: 10, warmUpMs: 1_000, measured: 20, capMs: 10_000 }, () => clock.ms);
    meter.called();
    clock.ms = 100;
    meter.sent(10);
    for (const ms of [150, 200]) {
      clock.ms = ms;
      meter.called();
      meter.sent(10);
    }

    expect(meter.full).toBe(true);
    expect(await meter.measurement).toMatchObject({ messages: 20, elapsedMs: 100, calls: 2, capped: false });
  });

  it('is full when the time is up', async () => {
    const clock = { ms: 0 };
    const meter = new SendMeter({ warmUp: 10, warmUpMs: 1_000, measured: 20, capMs: 10_000 }, () => clock.ms);
    for (const ms of [1_001, 12_000]) {
      clock.ms = ms;
      meter.sent(1);
    }

    expect(await meter.measurement).toMatchObject({ messages: 1, capped: true });
  });
});

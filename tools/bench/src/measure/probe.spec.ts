import { describe, expect, it } from '@jest/globals';
import { Probe, type Window } from './probe.js';

const window: Window = { warmUp: 2, warmUpMs: 1_000, measured: 3, capMs: 10_000 };

/** A probe whose clock stands where it is set. */
function probeAt(options: Window = window) {
  const clock = { ms: 0 };
  const probe = new Probe(options, () => clock.ms);
  const at = (ms: number, what: () => void): void => {
    clock.ms = ms;
    what();
  };
  return {
    probe,
    receive: (ms: number, n: number) => at(ms, () => probe.received(`handle-${n}`, n)),
    remove: (ms: number, n: number) => at(ms, () => probe.deleted(`handle-${n}`)),
    call: () => probe.called(),
  };
}

describe('Probe', () => {
  it('measures from the end of the warm-up to the delete of the last measured message', async () => {
    const { probe, receive, remove, call } = probeAt();
    for (const n of [0, 1]) receive(0, n);
    call();
    for (const n of [0, 1]) remove(10, n);
    for (const n of [2, 3, 4, 5]) receive(20, n);
    call();
    remove(30, 5);
    remove(40, 2);
    remove(50, 4);
    call();
    remove(60, 3);

    const { messages, elapsedMs, calls, capped, latencies } = await probe.measurement;

    expect({ messages, elapsedMs, calls, capped }).toEqual({ messages: 4, elapsedMs: 50, calls: 2, capped: false });
    expect(latencies).toEqual([20, 30, 40]);
  });

  it('does not count the latency of what was received before the warm-up had ended', async () => {
    const { probe, receive, remove } = probeAt();
    for (const n of [0, 1, 2]) receive(0, n);
    for (const n of [0, 1]) remove(10, n);
    for (const n of [3, 4, 5]) receive(20, n);
    remove(500, 2);
    for (const n of [3, 4, 5]) remove(600, n);

    const { latencies, messages } = await probe.measurement;

    expect(latencies).toEqual([580, 580, 580]);
    expect(messages).toBe(4);
  });

  it('ends a slow warm-up and a slow run when their time is up, and says so', async () => {
    const { probe, receive, remove } = probeAt();
    receive(0, 0);
    remove(1_001, 0);
    receive(1_002, 1);
    remove(11_100, 1);

    expect(await probe.measurement).toMatchObject({
      messages: 1,
      elapsedMs: 10_099,
      capped: true,
      latencies: [10_098],
    });
  });

  it('takes no notice of deletes of messages that it did not see', async () => {
    const { probe, receive, remove } = probeAt({ ...window, warmUp: 1, measured: 1 });
    receive(0, 0);
    remove(1, 7);
    remove(2, 0);
    receive(3, 1);
    remove(4, 1);
    remove(5, 1);

    expect(await probe.measurement).toMatchObject({ messages: 1, elapsedMs: 2 });
  });
});

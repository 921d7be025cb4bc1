import { describe, expect, it } from '@jest/globals';
import { Plain, createLab, entryOf, range } from './sending.fixture.js';

describe('MessagePublisher under load', () => {
  it('R11: holds so many entries at most, and lets senders wait', async () => {
    const lab = await createLab({ latencyMs: 5, maxPending: { entries: 20 }, concurrency: 1 });
    const sent = Promise.all(range(50).map((n) => lab.publisher.publish(entryOf(Plain, n))));

    await lab.time.until(() => lab.callsOf('SendMessageBatch').length === 1);
    const first = lab.publisher.pending;
    await lab.time.run(sent);

    expect(first).toEqual({ entries: 20, waiting: 30 });
    expect(lab.numbersIn('lab-plain')).toEqual(range(50));
    expect(lab.publisher.pending).toEqual({ entries: 0, waiting: 0 });
  });

  it('R11: holds so many bytes at most', async () => {
    const lab = await createLab({ latencyMs: 5, maxPending: { bytes: 10_000 } });
    const sent = Promise.all(
      range(10).map((n) => lab.publisher.publish(entryOf(Plain, n, { filling: 'x'.repeat(4_000) }))),
    );

    await lab.time.until(() => lab.callsOf('SendMessageBatch').length === 1);
    const first = lab.publisher.pending;
    await lab.time.run(sent);

    expect(first).toEqual({ entries: 2, waiting: 8 });
    expect(lab.numbersIn('lab-plain')).toEqual(range(10));
  });

  it('makes no more requests at once than it may', async () => {
    const lab = await createLab({ latencyMs: 5, concurrency: 2 });
    await lab.time.run(lab.publisher.publish(entryOf(Plain, 0)));
    const began = lab.time.monotonic();

    await lab.time.run(lab.publisher.publishBatch(range(40).map((n) => entryOf(Plain, n))));

    expect(lab.callsOf('SendMessageBatch').map(({ at }) => at - began)).toEqual([-10, 0, 0, 10, 10]);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Lab, Plain, Told, createLab, entryOf, range } from './sending.fixture.js';

const QUEUE = 'lab-plain';

describe('MessagePublisher.publish', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab({ latencyMs: 5 });
  });

  const batches = () =>
    lab.callsOf('SendMessageBatch').map(({ input }) => (input['Entries'] as readonly unknown[]).length);
  const warmUp = async () => {
    await lab.time.run(lab.publisher.publish(entryOf(Plain, -1)));
    lab.calls.length = 0;
  };

  it('lets a lone send leave at once', async () => {
    await warmUp();
    const began = lab.time.monotonic();

    await lab.time.run(lab.publisher.publish(entryOf(Plain, 1)));

    expect(lab.callsOf('SendMessageBatch').map(({ at }) => at - began)).toEqual([0]);
  });

  it('lets single sends that are issued at the same time leave in batches of ten', async () => {
    await warmUp();

    await lab.time.run(Promise.all(range(95).map((n) => lab.publisher.publish(entryOf(Plain, n)))));

    expect(batches()).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
  });

  it('makes at most 0.11 calls for each message of senders that wait for their answers', async () => {
    await warmUp();
    const sender = async (first: number) => {
      for (let n = 0; n < 20; n += 1) await lab.publisher.publish(entryOf(Plain, first + n));
    };

    await lab.time.run(Promise.all(range(200).map((n) => sender(n * 20))));

    expect(lab.simulator.messages(QUEUE)).toHaveLength(4_001);
    expect(lab.calls.length / 4_000).toBeLessThanOrEqual(0.11);
  });

  it('waits two milliseconds at most for company where others are under way', async () => {
    await warmUp();
    const sent = range(10).map((n) => lab.publisher.publish(entryOf(Plain, n)));
    for (const n of [10, 11]) {
      await lab.time.advance(1);
      sent.push(lab.publisher.publish(entryOf(Plain, n)));
    }

    await lab.time.run(Promise.all(sent));

    expect(batches()).toEqual([10, 2]);
    const [first, second] = lab.callsOf('SendMessageBatch').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBe(3); // the first of them came after one millisecond
  });

  it('does not wait for more than came before, where nothing is under way', async () => {
    await warmUp();
    const sender = async () => {
      for (const n of range(10)) await lab.publisher.publish(entryOf(Plain, n));
    };
    const began = lab.time.monotonic();

    await lab.time.run(Promise.all(range(3).map(sender)));

    expect(batches()).toEqual(range(10).map(() => 3));
    expect(lab.time.monotonic() - began).toBe(100);
  });

  it('sends events and commands on ways of their own', async () => {
    await lab.time.run(
      Promise.all(range(10).flatMap((n) => [Plain, Told].map((to) => lab.publisher.publish(entryOf(to, n))))),
    );

    expect(lab.callsOf('SendMessageBatch')).toHaveLength(1);
    expect(lab.callsOf('PublishBatch')).toHaveLength(1);
  });

  it('SQS-6: takes the same message twice at the same time: entry ids are indexes', async () => {
    const twice = entryOf(Plain, 1);

    await lab.time.run(Promise.all([lab.publisher.publish(twice), lab.publisher.publish(twice)]));

    expect(lab.numbersIn(QUEUE)).toEqual([1, 1]);
    const [call] = lab.callsOf('SendMessageBatch');
    expect(call?.input['Entries']).toMatchObject([{ Id: '0' }, { Id: '1' }]);
  });

  it('SQS-7: fills a batch up to 1 MiB of UTF-8, attributes included', async () => {
    const half = (bytes: number) => ({ ...entryOf(Plain, 1), body: 'é'.repeat(bytes / 2) });
    const attributes = 'typeStringplain.do.v1'.length;

    await lab.publisher.publishBatch([]);
    await lab.time.run(
      Promise.all(
        [524_288 - attributes - 1, 524_288 - attributes + 1].map((bytes) => lab.publisher.publish(half(bytes))),
      ),
    );
    await lab.time.run(
      Promise.all([524_289 - attributes, 524_290 - attributes].map((bytes) => lab.publisher.publish(half(bytes + 1)))),
    );

    expect(batches()).toEqual([2, 1, 1]);
  });
});

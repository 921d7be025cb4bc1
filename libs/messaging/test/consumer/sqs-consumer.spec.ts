import { pause } from '@lethe/kernel';
import { describe, expect, it } from '@jest/globals';
import type { ConsumerState } from '../../src/consumer/consumer.types.js';
import { SqsConsumer } from '../../src/consumer/sqs-consumer.js';
import { Reject, RetryLater } from '../../src/handler-outcome.js';
import { DestinationError } from '../../src/messaging.errors.js';
import { simulated } from './simulated.fixture.js';

const bodies = (count: number) => Array.from({ length: count }, (_, n) => `m${n}`);

describe('SqsConsumer', () => {
  it('asks SQS for what it is not told of its queue', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('bad');

    const { settled } = await start(() => new Reject('of another shop'), { queue: { name: 'q' } });
    await time.until(() => settled.length === 1);

    expect(simulator.messages('dead').map(({ body }) => body)).toEqual(['bad']);
    expect(settled).toMatchObject([{ outcome: 'dead-lettered', reason: 'rejected', receiveCount: 1 }]);
  });

  it('keeps a rejected message where its queue has no dead-letter queue', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('bad');
    const first = await start(() => new Reject('first'));
    await time.until(() => first.settled.length === 1);
    await first.close();
    const { settled, lines } = await start(() => new Reject('second'), { queue: { name: 'dead' } });

    await time.until(() => settled.length === 2);

    expect(settled).toMatchObject([{ outcome: 'retried' }, { outcome: 'retried' }]);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error' }));
    expect(simulator.messages('dead')).toHaveLength(1);
  });

  it('rejects the start where there is no such queue, and takes bounds only that make sense', async () => {
    const { simulator, time } = await simulated();
    const { clients } = simulator;
    const handle = () => undefined;

    const starting = new SqsConsumer({ clients, queue: { name: 'nowhere' }, handle, timers: time }).start();

    await expect(time.run(starting)).rejects.toBeInstanceOf(DestinationError);
    for (const concurrency of [0, 1.5, { min: 3, max: 2 }])
      expect(() => new SqsConsumer({ clients, queue: { name: 'q' }, handle, concurrency })).toThrow(RangeError);
  });

  it('takes what a handler returns and throws', async () => {
    const { send, start, time } = await simulated();
    await send('done', 'later', 'reject', 'throw');
    const { settled } = await start(({ body, receiveCount }) => {
      if (receiveCount > 1) return undefined;
      if (body === 'later') return new RetryLater(5);
      if (body === 'reject') return new Reject('no');
      if (body === 'throw') throw new Error('no');
      return undefined;
    });

    await time.until(() => settled.length === 6);

    expect(settled.map(({ outcome }) => outcome).sort()).toEqual([
      'dead-lettered',
      'done',
      'done',
      'done',
      'retried',
      'retried',
    ]);
  });

  it('goes on when its observer throws, and logs that', async () => {
    const { send, start, time, simulator } = await simulated();
    await send('m');
    const fail = () => {
      throw new Error('full disk');
    };
    const { lines } = await start(() => undefined, { observer: { received: fail, settled: fail, state: fail } });

    await time.until(() => simulator.messages('q').length === 0);
    await time.advance(1_000);

    expect(lines.filter(({ level }) => level === 'error').length).toBeGreaterThanOrEqual(3);
  });

  it('starts and closes once, and does nothing when it was closed before', async () => {
    const { simulator, time, queue } = await simulated();
    const consumer = new SqsConsumer({ clients: simulator.clients, queue, handle: () => undefined, timers: time });

    await time.run(consumer.close());
    await time.run(consumer.start());

    expect(consumer.state).toMatchObject({ status: 'closed', polls: 0 });
    expect(simulator.polled()).toEqual(new Set());
  });

  it('R11: grows its polls and handlers with the backlog, within bounds, and goes back to one poll', async () => {
    const { send, start, time } = await simulated({ latencyMs: 0 });
    await send(...bodies(600));
    const states: ConsumerState[] = [];
    let most = 0;
    let running = 0;
    const received: number[] = [];
    const { settled } = await start(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await pause(300, undefined, time);
        running -= 1;
      },
      {
        concurrency: { min: 2, max: 90 },
        observer: {
          state: (state) => void states.push(state),
          received: (count) => void received.push(count),
        },
      },
    );

    await time.advance(60_000);

    expect(settled).toEqual([]);
    expect(most).toBeLessThanOrEqual(90);
    expect(most).toBeGreaterThan(60);
    expect(Math.max(...states.map(({ pollLimit }) => pollLimit))).toBeGreaterThanOrEqual(4);
    expect(states.at(-1)?.pollLimit).toBe(1);
    expect(received.filter((count) => count === 10).length).toBeGreaterThanOrEqual(55);
    expect(received.filter((count) => count === 0).length).toBeLessThan(15);
  });
});

import { pause } from '@lethe/kernel';
import { describe, expect, it } from '@jest/globals';
import type { Received } from '../../src/consumer/consumer.types.js';
import { Reject, RetryLater } from '../../src/handler-outcome.js';
import { obeying, simulated } from './simulated.fixture.js';

describe('a FIFO queue', () => {
  it('R19: handles groups side by side, and each in order', async () => {
    const { send, start, time } = await simulated({ fifo: true });
    await send('a1', 'a2', 'a3', 'b1', 'b2', 'c1');
    const begun: string[] = [];
    const running = new Set<string>();
    let most = 0;

    const { settled } = await start(async ({ body }) => {
      begun.push(body);
      running.add(body);
      most = Math.max(most, running.size);
      await pause(1_000, undefined, time);
      running.delete(body);
    });
    await time.until(() => settled.length === 6);

    expect(most).toBe(3);
    expect(begun.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(begun.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
    // Three of a group, one after the other: the wait for a poll or for visibility would show.
    expect(time.monotonic()).toBeLessThan(3_500);
  });

  it('R19: tries a failed message again with its group behind it, counting no receive of those, while others go on', async () => {
    const { send, start, time, simulator } = await simulated({ fifo: true });
    await send('a1', 'a2', 'a3', 'b1', 'b2');
    const begun: string[] = [];

    const { settled } = await start(
      ({ body, receiveCount }) => {
        begun.push(`${body}/${receiveCount}`);
        if (body === 'a1' && receiveCount < 4) throw new Error('not yet');
      },
      { backoff: { base: 40, cap: 40 } },
    );
    await time.until(() => settled.filter(({ outcome }) => outcome === 'done').length === 5);

    expect(begun.filter((body) => body.startsWith('a'))).toEqual(['a1/1', 'a1/2', 'a1/3', 'a1/4', 'a2/1', 'a3/1']);
    expect(begun.indexOf('b2/1')).toBeLessThan(begun.indexOf('a1/2'));
    expect(simulator.history.of('received').every(({ count }) => count === 1)).toBe(true);
    expect(settled.filter(({ outcome }) => outcome === 'retried').map(({ accepted }) => accepted)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('SQS-10: keeps a message that rests, and those behind it, hidden for as long as that takes', async () => {
    const { send, start, time, simulator } = await simulated({ fifo: true });
    await send('a1', 'a2');
    let tries = 0;

    const { settled } = await start(
      ({ body }) => {
        if (body !== 'a1') return undefined;
        tries += 1;
        return tries === 1 ? new RetryLater(29) : pause(100_000, undefined, time);
      },
      { concurrency: 1 },
    );
    await time.until(() => settled.filter(({ outcome }) => outcome === 'done').length === 2);

    expect(tries).toBe(2);
    expect(simulator.history.of('received')).toHaveLength(2);
  });

  it('gives the slot of a resting message to other groups', async () => {
    const { send, start, time } = await simulated({ fifo: true });
    await send('a1', 'b1', 'b2');
    const { settled } = await start(({ body }) => (body === 'a1' ? new RetryLater(25) : undefined), { concurrency: 1 });

    await time.until(() => settled.filter(({ groupId }) => groupId === 'b').length === 2);

    expect(time.monotonic()).toBeLessThan(1_000);
  });

  it('R20: dead-letters a message after its last try, with its diagnosis, and goes on with the group', async () => {
    const { send, start, time, simulator } = await simulated({ fifo: true });
    await send('a1', 'a2');

    const { settled } = await start(({ body }) => {
      if (body === 'a1') throw new TypeError('never');
    });
    await time.until(() => settled.some(({ outcome }) => outcome === 'done'));
    await time.until(() => simulator.messages('q.fifo').length === 0);

    const [dead, ...others] = simulator.messages('dead.fifo');
    expect(others).toEqual([]);
    expect(dead).toMatchObject({ body: 'a1', groupId: 'a' });
    expect(dead?.attributes['lethe-reason']?.StringValue).toBe('failed');
    expect(dead?.attributes['lethe-detail']?.StringValue).toBe('TypeError: never');
    expect(dead?.attributes['lethe-receive-count']?.StringValue).toBe('4');
    expect(settled.filter(({ outcome }) => outcome === 'retried')).toHaveLength(3);
    expect(settled.find(({ outcome }) => outcome === 'dead-lettered')).toMatchObject({
      accepted: true,
      reason: 'failed',
      groupId: 'a',
      receiveCount: 4,
    });
  });

  it('R21: keeps a rejected message, and its group, while the dead-letter queue cannot be reached', async () => {
    const { send, start, time, simulator } = await simulated({ fifo: true });
    await send('a1', 'a2');
    simulator.faults.inject('lostRequest', { operation: 'SendMessage', times: 2 });
    const begun: string[] = [];

    const { settled } = await start(({ body }) => {
      begun.push(body);
      return body === 'a1' ? new Reject('of another shop') : undefined;
    });
    await time.until(() => settled.some(({ outcome }) => outcome === 'done'));

    expect(begun).toEqual(['a1', 'a2']);
    expect(simulator.messages('dead.fifo').map(({ body }) => body)).toEqual(['a1']);
  });

  it('returns a group in order where its first message is put off for longer than the visibility timeout', async () => {
    const { send, start, time, simulator } = await simulated({ fifo: true });
    await send('a1', 'a2', 'a3');
    const begun: string[] = [];

    const { settled } = await start(({ body, receiveCount }) => {
      begun.push(body);
      return body === 'a1' && receiveCount === 1 ? new RetryLater(600) : undefined;
    });
    await time.until(() => settled.filter(({ outcome }) => outcome === 'done').length === 3);

    expect(begun).toEqual(['a1', 'a1', 'a2', 'a3']);
    expect(time.monotonic()).toBeGreaterThan(600_000);
    expect(simulator.history.of('visibility').at(2)).toMatchObject({ count: 600 });
  });

  it('SQS-4: the drain returns what rests and what waits behind it, so that another replica goes on in order', async () => {
    const { send, start, time } = await simulated({ fifo: true });
    await send('a1', 'a2', 'a3', 'b1', 'b2');
    const first = await start(
      ({ body }, signal) => {
        if (body === 'a1') return new RetryLater(20);
        return obeying(signal, time, 5_000);
      },
      { waitSeconds: 1 },
    );
    await time.until(() => first.settled.length === 1);

    const begun: string[] = [];
    const closing = first.consumer.close();
    const second = await start(({ body }) => void begun.push(body));
    await time.run(closing);
    await time.until(() => second.settled.length === 4);

    expect(begun.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(begun.filter((body) => body.startsWith('b'))).toEqual(['b2']);
    expect(time.monotonic()).toBeLessThan(10_000);
  });

  it('lets none of a group overtake a message that was lost', async () => {
    const { send, start, time, simulator } = await simulated({ fifo: true });
    await send('a1', 'a2', 'a3');
    // Of the three, the first alone is not extended.
    const outage = simulator.faults.inject('partialBatch', {
      operation: 'ChangeMessageVisibilityBatch',
      entry: 0,
      times: Infinity,
    });
    const begun: string[] = [];
    const run = async ({ body }: Received, signal: AbortSignal): Promise<void> => {
      begun.push(body);
      if (begun.length > 1) return;
      await obeying(signal, time);
      outage.end();
      await pause(5_000, undefined, time);
      signal.throwIfAborted();
    };

    const { settled } = await start(run);
    await time.until(() => settled.filter(({ outcome }) => outcome === 'done').length === 3);

    expect(begun).toEqual(['a1', 'a1', 'a2', 'a3']);
  });
});

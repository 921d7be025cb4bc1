import { describe, expect, it } from '@jest/globals';
import { peek, purge, survey } from '../../src/operations/index.js';
import { type Dead, bodyOf, createQueues, idOf } from './dead-letters.fixture.js';

const numbered = (count: number): Dead[] => Array.from({ length: count }, (_, n) => ({ n, reason: 'rejected' }));

describe('peek', () => {
  it('shows what a dead letter is and why, and gives it back', async () => {
    const queues = await createQueues();
    await queues.bury({ n: 7, reason: 'invalid-data' });

    const { messages } = await queues.time.run(peek({ clients: queues.clients, queue: queues.source }));

    expect(messages).toEqual([
      expect.objectContaining({
        id: idOf(7),
        type: 'shop.sold.v1',
        reason: 'invalid-data',
        detail: 'why',
        handler: 'A.b',
        body: bodyOf({ n: 7 }),
      }),
    ]);
    expect(queues.hidden(queues.dead)).toBe(0);
  });

  it('receives no more than it shows: each receive is counted', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(30));

    const { messages, scanned } = await queues.time.run(
      peek({ clients: queues.clients, queue: queues.source, limit: 3 }),
    );

    expect([messages.length, scanned]).toEqual([3, 3]);
    expect(queues.simulator.messages(queues.dead).filter(({ receives }) => receives > 0)).toHaveLength(3);
  });

  it('looks further for what a filter wants, but not in a queue where receives lead to the dead-letter queue', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(30), { n: 30, type: 'shop.bought.v1' });
    for (const dead of numbered(30)) await queues.send(dead);
    const wanted = { clients: queues.clients, queue: queues.source, selection: { type: 'shop.bought.v1' }, limit: 2 };

    const dead = await queues.time.run(peek(wanted));
    const waiting = await queues.time.run(peek({ ...wanted, waiting: true }));

    expect([dead.messages.length, dead.scanned]).toEqual([1, 31]);
    expect([waiting.messages.length, waiting.scanned]).toEqual([0, 2]);
  });
});

describe('survey', () => {
  it('counts by type and reason, and changes nothing', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(3), { n: 3 }, { n: 4, body: 'what?', reason: 'undecodable' });

    const { tallies } = await queues.time.run(survey({ clients: queues.clients, queue: queues.source }));

    expect(tallies.map(({ type, reason, count }) => [type, reason, count])).toEqual([
      ['shop.sold.v1', 'rejected', 3],
      ['shop.sold.v1', 'receives-exhausted', 1],
      [undefined, 'undecodable', 1],
    ]);
    expect([queues.bodies(queues.dead).length, queues.hidden(queues.dead)]).toEqual([5, 0]);
  });
});

describe('purge', () => {
  it('deletes what is meant, and gives the others back', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(12), { n: 12, reason: 'invalid-data' });

    const options = { clients: queues.clients, queue: queues.source, selection: { reason: 'rejected' } };
    const report = await queues.time.run(purge(options));

    expect(report).toMatchObject({ queue: queues.dead, selected: 12, done: 12 });
    expect(queues.numbers(queues.dead)).toEqual([12]);
    expect(queues.hidden(queues.dead)).toBe(0);
  });

  it('tells of what could not be deleted', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(2));
    queues.simulator.faults.inject('throttle', { operation: 'DeleteMessageBatch', times: 9 });

    const report = await queues.time.run(purge({ clients: queues.clients, queue: queues.source }));

    expect(report.done).toBe(0);
    expect(report.problems).toEqual([{ what: expect.stringContaining('RequestThrottled'), count: 2 }]);
    expect([queues.bodies(queues.dead).length, queues.hidden(queues.dead)]).toEqual([2, 0]);
  });

  it('deletes what waits in the queue itself only when that is asked for', async () => {
    const queues = await createQueues();
    await queues.send({ n: 1 });

    await queues.time.run(purge({ clients: queues.clients, queue: queues.source }));
    const kept = queues.numbers(queues.source);
    await queues.time.run(purge({ clients: queues.clients, queue: queues.source, waiting: true }));

    expect([kept, queues.numbers(queues.source)]).toEqual([[1], []]);
  });
});

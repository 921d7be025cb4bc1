import { describe, expect, it } from '@jest/globals';
import { pause } from '@lethe/kernel';
import { type RedriveOptions, redrive } from '../../src/operations/index.js';
import { type Dead, type Queues, bodyOf, createQueues } from './dead-letters.fixture.js';

const numbered = (count: number, more: Omit<Dead, 'n'> = {}): Dead[] =>
  Array.from({ length: count }, (_, n) => ({ n, ...more }));

const run = (queues: Queues, options: Partial<RedriveOptions> = {}) =>
  queues.time.run(redrive({ clients: queues.clients, queue: queues.source, timers: queues.time, ...options }));

describe('redrive', () => {
  it('R21: sends dead letters back with body, id and attributes as they were, and without the diagnosis', async () => {
    const queues = await createQueues();
    await queues.bury({ n: 1, reason: 'invalid-data' });

    const report = await run(queues);

    const [message, ...others] = queues.simulator.messages(queues.source);
    expect(others).toEqual([]);
    expect(message?.body).toBe(bodyOf({ n: 1 }));
    expect(Object.keys(message?.attributes ?? {})).toEqual(['type']);
    expect(queues.bodies(queues.dead)).toEqual([]);
    expect(report).toMatchObject({ scanned: 1, selected: 1, done: 1, sent: 1, partial: false, problems: [] });
  });

  it('sends what nobody can read too: perhaps the reader was mended', async () => {
    const queues = await createQueues();
    await queues.bury({ n: 1, body: '{"no json', reason: 'undecodable' });

    await run(queues);

    expect(queues.bodies(queues.source)).toEqual(['{"no json']);
  });

  it('chooses by type, reason, id and age, and gives the others back', async () => {
    const queues = await createQueues();
    await queues.bury({ n: 1, reason: 'rejected' }, { n: 2 }, { n: 3, type: 'shop.bought.v1', reason: 'rejected' });
    await queues.time.advance(3_600_000);
    await queues.bury({ n: 4, reason: 'rejected' });

    const report = await run(queues, { selection: { type: 'shop.sold.*', reason: 'rejected', olderThanMs: 60_000 } });

    expect(queues.numbers(queues.source)).toEqual([1]);
    expect(queues.numbers(queues.dead)).toEqual([2, 3, 4]);
    expect(queues.hidden(queues.dead)).toBe(0);
    expect(report.tallies).toEqual([
      { type: 'shop.sold.v1', reason: 'rejected', count: 1, oldestSentAt: expect.any(Number) },
    ]);
  });

  it('changes nothing in a dry run, and tells what it would do', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(25, { reason: 'rejected' }), { n: 25 });

    const report = await run(queues, { dryRun: true });

    expect(report).toMatchObject({ selected: 26, done: 0, sent: 0 });
    expect(report.tallies.map(({ reason, count }) => [reason, count])).toEqual([
      ['rejected', 25],
      ['receives-exhausted', 1],
    ]);
    expect(queues.bodies(queues.source)).toEqual([]);
    expect([queues.bodies(queues.dead).length, queues.hidden(queues.dead)]).toEqual([26, 0]);
  });

  it('stops at the limit, and goes on from there the next time', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(30));

    const first = await run(queues, { limit: 12 });
    const left = queues.bodies(queues.dead).length;
    const second = await run(queues);

    expect([first.done, first.scanned, first.partial, left]).toEqual([12, 12, true, 18]);
    expect([second.done, second.partial]).toEqual([18, false]);
    expect(queues.numbers(queues.source).toSorted((a, b) => a - b)).toEqual(numbered(30).map(({ n }) => n));
  });

  it('moves many in batches of ten', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(200));
    const before = queues.simulator.history.events.length;

    const report = await run(queues);

    expect(report.done).toBe(200);
    const sent = queues.simulator.history.events.slice(before).filter(({ what }) => what === 'sent');
    expect(new Set(sent.map(({ resource }) => resource))).toEqual(new Set([queues.source]));
    expect(queues.bodies(queues.dead)).toEqual([]);
  });

  it('leaves what fails once more for the next time, instead of going round in circles', async () => {
    const queues = await createQueues({ latencyMs: 10 });
    await queues.bury(...numbered(20));
    const over = new AbortController();
    const rejecting = (async () => {
      while (!over.signal.aborted) {
        await queues.rejectAll();
        await pause(5, over.signal, queues.time);
      }
    })();

    const report = await run(queues, { waitSeconds: 5 });
    over.abort();
    await queues.time.run(rejecting);

    expect(report).toMatchObject({ done: 20, selected: 20 });
    expect(queues.bodies(queues.source).length + queues.bodies(queues.dead).length).toBe(20);
  });

  it('ends after its batches when it is told to, and gives back what it holds', async () => {
    const queues = await createQueues({ latencyMs: 10 });
    await queues.bury(...numbered(100));
    const stop = new AbortController();

    const report = await run(queues, { signal: stop.signal, onProgress: ({ done }) => done >= 20 && stop.abort() });

    expect(report.partial).toBe(true);
    expect(report.done).toBeGreaterThanOrEqual(20);
    expect(queues.bodies(queues.source).length).toBe(report.done);
    expect([queues.bodies(queues.dead).length, queues.hidden(queues.dead)]).toEqual([100 - report.done, 0]);
  });
});

describe('a redrive that meets faults', () => {
  it('R15: loses nothing where it dies between send and delete, and the next one finishes it', async () => {
    const queues = await createQueues({ latencyMs: 10 });
    await queues.bury(...numbered(10));
    const doomed = queues.simulator.connect();
    void redrive({ clients: doomed.clients, queue: queues.source, timers: queues.time });
    await queues.time.until(() => queues.simulator.messages(queues.source).length === 10);
    doomed.cut();

    const between = queues.bodies(queues.dead).length;
    await queues.time.advance(120_000);
    const report = await run(queues);

    expect(between).toBe(10);
    expect(report.done).toBe(10);
    expect(queues.bodies(queues.dead)).toEqual([]);
    expect(new Set(queues.numbers(queues.source)).size).toBe(10);
  });

  it('tells of what was sent and not deleted: it will be sent twice', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(3));
    queues.simulator.faults.inject('partialBatch', { operation: 'DeleteMessageBatch', entry: 1 });

    const report = await run(queues);

    expect(report).toMatchObject({ sent: 3, done: 2 });
    expect(report.problems).toEqual([{ what: expect.stringContaining('not deleted'), count: 1 }]);
    expect([queues.bodies(queues.dead).length, queues.hidden(queues.dead)]).toEqual([1, 0]);
  });

  it('SQS-6: sends again, after a pause, exactly the entries that SQS refused for the moment', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(10));
    queues.simulator.faults.inject('partialBatch', { operation: 'SendMessageBatch', entry: 3, times: 1 });

    const report = await run(queues);

    expect(report).toMatchObject({ done: 10, problems: [] });
    expect(queues.numbers(queues.source).toSorted((a, b) => a - b)).toEqual(numbered(10).map(({ n }) => n));
  });

  it('keeps what cannot be sent, and says why', async () => {
    const queues = await createQueues();
    await queues.bury(...numbered(5));
    queues.simulator.faults.inject('throttle', { operation: 'SendMessageBatch', times: 99 });

    const report = await run(queues);

    expect(report).toMatchObject({ done: 0, sent: 0, partial: true });
    expect(report.problems).toEqual([{ what: expect.stringContaining('RequestThrottled'), count: 5 }]);
    expect([queues.bodies(queues.dead).length, queues.hidden(queues.dead)]).toEqual([5, 0]);
  });

  it('SQS-1: deletes once more what a confirmed delete has left, and does not send it twice', async () => {
    // So slow that the messages of the first batch are visible again before the walk is over.
    const queues = await createQueues({ latencyMs: 15_000 });
    await queues.bury(...numbered(30));
    const stale = queues.simulator.faults.inject('staleDelete', { times: 2 });

    const report = await run(queues, { limit: 99 });

    expect(stale.struck).toBe(2);
    expect(report.sent).toBe(30);
    expect(queues.numbers(queues.source)).toHaveLength(30);
    expect(queues.bodies(queues.dead)).toEqual([]);
  });

  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'loses nothing under faults by chance, seed %i',
    async (seed) => {
      const queues = await createQueues({ seed, latencyMs: { min: 1, max: 30 } });
      await queues.bury(...numbered(40));
      const { faults } = queues.simulator;
      const rates = { duplicate: 0.1, reorder: 0.2, staleDelete: 0.1, partialBatch: 0.1, throttle: 0.05 };
      faults.setRates({ ...rates, lostRequest: 0.05, lostResponse: 0.1 });

      for (let attempt = 0; attempt < 5; attempt += 1) {
        await Promise.allSettled([run(queues)]);
        await queues.time.advance(120_000);
      }
      faults.end();
      await run(queues);

      expect(new Set(queues.numbers(queues.source)).size).toBe(40);
      expect(queues.bodies(queues.dead)).toEqual([]);
    },
  );
});

describe('a redrive of a FIFO queue', () => {
  const groups = ['a', 'b', 'c'];
  const mixed = (count: number): Dead[] =>
    Array.from({ length: count }, (_, n) => ({ n, group: groups[n % groups.length] ?? '' }));
  const byGroup = (queues: Queues) =>
    groups.map((group) =>
      queues.simulator
        .messages(queues.source)
        .filter(({ groupId }) => groupId === group)
        .map(({ body }) => body),
    );

  it('keeps the group and the order inside it', async () => {
    const queues = await createQueues({ fifo: true, latencyMs: 5 });
    await queues.bury(...mixed(31));

    const report = await run(queues);

    expect(report).toMatchObject({ done: 31, heldGroups: 0 });
    expect(byGroup(queues)).toEqual(
      groups.map((group) =>
        mixed(31)
          .filter((dead) => dead.group === group)
          .map(bodyOf),
      ),
    );
  });

  it('SQS-9: is no duplicate of the first sending, which SQS would drop after it was deleted here', async () => {
    const queues = await createQueues({ fifo: true });
    await queues.send({ n: 1, group: 'a' });
    await queues.bury({ n: 1, group: 'a' });

    await run(queues);

    expect(queues.numbers(queues.source)).toEqual([1, 1]);
    expect(queues.simulator.history.of('deduplicated')).toEqual([]);
  });

  it('sends nothing twice within five minutes where it dies between send and delete', async () => {
    const queues = await createQueues({ fifo: true, latencyMs: 10 });
    await queues.bury(...mixed(6));
    const doomed = queues.simulator.connect();
    void redrive({ clients: doomed.clients, queue: queues.source, timers: queues.time });
    await queues.time.until(() => queues.simulator.messages(queues.source).length > 0);
    doomed.cut();
    await queues.time.advance(120_000);

    await run(queues);

    expect(queues.numbers(queues.source).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(queues.bodies(queues.dead)).toEqual([]);
  });

  it('leaves a group from the message on that cannot be sent, and goes on with the others', async () => {
    const queues = await createQueues({ fifo: true });
    await queues.bury({ n: 0, group: 'a' }, { n: 1, group: 'a' }, { n: 2, group: 'b' }, { n: 3, group: 'b' });
    queues.simulator.faults.inject('partialBatch', { operation: 'SendMessageBatch', entry: 0, times: 4 });

    const report = await run(queues);

    expect(byGroup(queues).map((bodies) => bodies.length)).toEqual([0, 2, 0]);
    expect(queues.numbers(queues.dead)).toEqual([0, 1]);
    expect(report.problems).toEqual([{ what: expect.stringContaining('not sent'), count: 1 }]);
  });

  it('tells of groups of which a message was not meant, since SQS hides those behind it', async () => {
    const queues = await createQueues({ fifo: true });
    await queues.bury({ n: 0, group: 'a', reason: 'rejected' }, { n: 1, group: 'b', reason: 'other' });

    const report = await run(queues, { selection: { reason: 'rejected' } });

    expect(report).toMatchObject({ done: 1, heldGroups: 1 });
  });

  it('refuses a destination that keeps no order', async () => {
    const queues = await createQueues({ fifo: true });
    const standard = await createQueues();
    expect(standard.source).toBe('work');

    await expect(run(queues, { to: 'work' })).rejects.toThrow('work');
  });
});

describe('a redrive that cannot begin', () => {
  it('names the queue that is missing', async () => {
    await expect(run(await createQueues(), { queue: 'nowhere' })).rejects.toMatchObject({
      name: 'DestinationError',
      destination: 'nowhere',
    });
  });

  it('names the queue that has no dead-letter queue', async () => {
    await expect(run(await createQueues(), { queue: 'work-dlq' })).rejects.toThrow(
      'work-dlq: has no dead-letter queue',
    );
  });
});

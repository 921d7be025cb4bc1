import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Lab, Entered, Fair, Ordered, Plain, Told, createLab, entryOf, range } from './sending.fixture.js';

const QUEUE = 'lab-ordered.fifo';

describe('MessagePublisher to FIFO queues and topics', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab({});
  });

  it('SQS-9: gives the id of the entry for deduplication, so that sending again adds nothing', async () => {
    const command = entryOf(Ordered, 1, { group: 'g' });
    const event = entryOf(Entered, 2, { group: 'g' });
    lab.simulator.faults.inject('lostResponse', { operation: 'SendMessageBatch' });

    const lost = await lab.time.run(lab.publisher.publishBatch([command]));
    for (const entry of [command, event, event]) await lab.time.run(lab.publisher.publish(entry));

    expect(lost[0]?.error).toMatchObject({ senderFault: false });
    expect(lab.simulator.messages(QUEUE).map(({ deduplicationId }) => deduplicationId)).toEqual([command.id, event.id]);
  });

  it('takes the envelope’s subject for the group where none is given', async () => {
    await lab.time.run(lab.publisher.publish(entryOf(Ordered, 1, { subject: 'order-1' })));
    await lab.time.run(lab.publisher.publish(entryOf(Ordered, 2, { subject: 'order-1', group: 'shop 7' })));

    const [first, second] = lab.simulator.messages(QUEUE).map(({ groupId }) => groupId);
    expect(first).toBe('order-1');
    expect(second).toMatch(/^sha256-[0-9a-f]{64}$/); // SQS takes no space in a group's id
  });

  it('refuses an entry that has neither', async () => {
    const sent = lab.publisher.publish(entryOf(Ordered, 1));

    await expect(sent).rejects.toMatchObject({ code: 'MissingGroup', senderFault: true });
    expect(lab.calls).toEqual([]);
  });

  it('R19: keeps the order of a group where a batch fails in part', async () => {
    lab.simulator.faults.inject('partialBatch', { operation: 'SendMessageBatch', entry: 0, times: 2 });

    const entries = range(9).map((n) => entryOf(Ordered, n, { group: String(n % 3) }));
    await lab.time.run(Promise.all(entries.map((entry) => lab.publisher.publish(entry))));

    const numbers = lab.numbersIn(QUEUE);
    for (const group of [0, 1, 2])
      expect(numbers.filter((n = 0) => n % 3 === group)).toEqual([group, group + 3, group + 6]);
    expect(numbers).not.toEqual(range(9));
  });

  it('sends ten groups in a request', async () => {
    await lab.time.run(
      lab.publisher.publishBatch(range(100).map((n) => entryOf(Ordered, n, { group: String(n % 10) }))),
    );

    expect(lab.numbersIn(QUEUE)).toHaveLength(100);
    expect(lab.callsOf('SendMessageBatch')).toHaveLength(10);
  });

  it('lets none of a group go before one that failed and may be sent again', async () => {
    lab.simulator.faults.inject('lostRequest', { operation: 'SendMessageBatch' });
    const entries = range(4).map((n) => entryOf(Ordered, n, { group: 'g' }));

    const results = await lab.time.run(lab.publisher.publishBatch(entries));
    await lab.time.run(lab.publisher.publishBatch(entries));

    const codes = results.map(({ error }) => error && 'code' in error && error.code);
    expect(codes.slice(1)).toEqual(['EarlierMessageFailed', 'EarlierMessageFailed', 'EarlierMessageFailed']);
    expect(lab.numbersIn(QUEUE)).toEqual([0, 1, 2, 3]);
  });

  it('holds to that for entries that waited for room when the one before them failed', async () => {
    lab = await createLab({ maxPending: { entries: 2 } });
    lab.simulator.faults.inject('lostRequest', { operation: 'SendMessageBatch' });

    const results = await lab.time.run(
      lab.publisher.publishBatch(range(5).map((n) => entryOf(Ordered, n, { group: 'g' }))),
    );
    await lab.time.run(lab.publisher.publish(entryOf(Ordered, 5, { group: 'g' })));

    expect(results.filter(({ error }) => error)).toHaveLength(5);
    expect(lab.numbersIn(QUEUE)).toEqual([5]);
  });

  it('lets a group go on after one that will never be taken', async () => {
    const entries = range(3).map((n) => entryOf(Ordered, n, { group: 'g' }));
    const [first, , third] = entries;
    const bad = { ...entryOf(Ordered, 1, { group: 'g' }), body: '\u0000' };

    const results = await lab.time.run(lab.publisher.publishBatch([first, bad, third].flatMap((one) => one ?? [])));

    expect(results.map(({ error }) => error !== undefined)).toEqual([false, true, false]);
    expect(lab.numbersIn(QUEUE)).toEqual([0, 2]);
  });
});

describe('MessagePublisher to fair queues', () => {
  it('gives the group to a fair queue, and to a topic that one hears; to no other', async () => {
    const lab = await createLab({});

    for (const definition of [Fair, Told, Plain])
      await lab.time.run(lab.publisher.publish(entryOf(definition, 1, { group: 'tenant-7', subject: 's' })));
    await lab.time.run(lab.publisher.publish(entryOf(Fair, 2, { subject: 's' })));

    expect(lab.simulator.messages('lab-tenants').map(({ groupId }) => groupId)).toEqual([
      'tenant-7',
      'tenant-7',
      undefined,
    ]);
    expect(lab.simulator.messages('lab-plain').map(({ groupId }) => groupId)).toEqual([undefined]);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { PublishError } from '../../src/messaging.errors.js';
import { type Lab, Plain, createLab, entryOf, range } from './sending.fixture.js';

describe('MessagePublisher where entries are refused', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await createLab({});
  });

  it('R19: sends again only what failed', async () => {
    lab.simulator.faults.inject('partialBatch', { operation: 'SendMessageBatch', entry: 3 });

    const results = await lab.time.run(lab.publisher.publishBatch(range(10).map((n) => entryOf(Plain, n))));

    expect(results.filter(({ error }) => error)).toEqual([]);
    const [all, again] = lab
      .callsOf('SendMessageBatch')
      .map(({ input }) => input['Entries'] as { MessageBody: string }[]);
    expect(all).toHaveLength(10);
    expect(again?.map(({ MessageBody }) => MessageBody)).toEqual([all?.[3]?.MessageBody]);
    expect(lab.numbersIn('lab-plain')).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 3]);
  });

  it('R06: pauses with full jitter before it sends again, and ends after four requests', async () => {
    lab.simulator.faults.inject('partialBatch', { operation: 'SendMessageBatch', times: Infinity });

    const sent = lab.time.run(lab.publisher.publish(entryOf(Plain, 1)));

    await expect(sent).rejects.toBeInstanceOf(PublishError);
    const at = lab.callsOf('SendMessageBatch').map((call) => call.at);
    expect(at).toHaveLength(4);
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(0);
      expect(pause).toBeLessThanOrEqual(50 * 2 ** index);
    }
    expect(new Set(pauses).size).toBe(3);
  });

  it('R05: does not repeat a whole request, which the client has repeated already', async () => {
    lab.simulator.faults.inject('lostRequest', { operation: 'SendMessageBatch' });

    const sent = lab.time.run(lab.publisher.publish(entryOf(Plain, 1)));

    await expect(sent).rejects.toMatchObject({ name: 'PublishError', senderFault: false });
    expect(lab.callsOf('SendMessageBatch')).toHaveLength(1);
  });

  it('does not send again what is the sender’s fault', async () => {
    const bad = { ...entryOf(Plain, 1), body: '\u0000' };

    const results = await lab.time.run(lab.publisher.publishBatch([entryOf(Plain, 0), bad, entryOf(Plain, 2)]));

    expect(results.map(({ error }) => error?.constructor)).toEqual([undefined, PublishError, undefined]);
    expect(results[1]?.error).toMatchObject({ code: 'InvalidMessageContents', senderFault: true });
    expect(lab.callsOf('SendMessageBatch')).toHaveLength(1);
  });
});

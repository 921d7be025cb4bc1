import { VirtualTime } from '@lethe/kernel/virtual-time';
import { deferred, recorder } from '@lethe/testing';
import type { ReplyPart } from '@lethe/topology';
import { describe, expect, it } from '@jest/globals';
import { ReplyRefusedError } from '../messaging.errors.js';
import { Answer } from './answer.js';

function answer(send: (part: ReplyPart) => Promise<boolean> = () => Promise.resolve(true)) {
  const time = new VirtualTime();
  const sent = recorder(send);
  return { time, answer: new Answer(sent, time), parts: () => sent.calls.map(([part]) => part) };
}

describe('Answer', () => {
  it('sends one value and its end in one message', async () => {
    const { answer: reply, parts } = answer();

    reply.next({ n: 1 });
    await reply.complete();

    expect(parts()).toEqual([{ from: 0, items: [{ n: 1 }], end: true }]);
  });

  it('ends without an item where the handler gave none', async () => {
    const { answer: reply, parts } = answer();

    reply.next(undefined);
    await reply.complete();

    expect(parts()).toEqual([{ from: 0, items: [], end: true }]);
  });

  it('gathers what comes within moments, and while a message is on its way', async () => {
    const gate = deferred<boolean>();
    const { time, answer: reply, parts } = answer(() => gate.promise);

    reply.next(0);
    reply.next(1);
    await time.advance(2);
    expect(parts()).toEqual([{ from: 0, items: [0, 1] }]);
    reply.next(2);
    await time.advance(2);
    reply.next(3);
    const ended = reply.complete();
    gate.resolve(true);
    await ended;

    expect(parts().slice(1)).toEqual([{ from: 2, items: [2, 3], end: true }]);
    expect(time.nextIn()).toBeUndefined();
  });

  it('sends an error after the items before it', async () => {
    const { answer: reply, parts } = answer();

    reply.next(0);
    await reply.fail({ message: 'no more' });

    expect(parts()).toEqual([{ from: 0, items: [0], end: true, error: { message: 'no more' } }]);
  });

  it('SQS-7: cuts by UTF-8 bytes, and refuses an item that fits no message', async () => {
    const { answer: reply, parts } = answer();
    const large = '€'.repeat(40_000);

    reply.next(large);
    reply.next(large);
    await reply.complete();

    expect(parts().map(({ from, items, end }) => [from, items.length, end])).toEqual([
      [0, 1, undefined],
      [1, 1, true],
    ]);
    expect(() => answer().answer.next('€'.repeat(340_000))).toThrow(ReplyRefusedError);
  });

  it('R11: refuses items that come faster than they can be sent', async () => {
    const gate = deferred<boolean>();
    const { time, answer: reply } = answer(() => gate.promise);
    const item = 'x'.repeat(900_000);
    reply.next('first');
    await time.advance(2);

    const flood = () => {
      for (let n = 0; n < 5; n += 1) reply.next(item);
    };

    expect(flood).toThrow(ReplyRefusedError);
    gate.resolve(true);
    await reply.complete();
  });

  it('sends no more where nobody waits', async () => {
    const { time, answer: reply, parts } = answer(() => Promise.resolve(false));

    reply.next(0);
    await time.advance(2);
    reply.next(1);
    await reply.complete();

    expect(reply.gone).toBe(true);
    expect(parts()).toHaveLength(1);
  });
});

import { VirtualTime } from '@lethe/kernel/virtual-time';
import { recorder } from '@lethe/testing';
import { type ReplyPart, type RequestDefinition, defineCommand } from '@lethe/topology';
import { describe, expect, it } from '@jest/globals';
import type { WritePacket } from '@nestjs/microservices';
import { z } from 'zod';
import { PendingRequest } from './pending-request.js';

const Count: RequestDefinition = defineCommand({
  owner: 'shop',
  name: 'count',
  version: 1,
  description: 'x',
  data: z.object({}),
  reply: z.int(),
});

function pending(timeoutMs = 1_000) {
  const time = new VirtualTime();
  const callback = recorder<[WritePacket]>();
  const onEnd = recorder<[]>();
  const request = new PendingRequest({ definition: Count, callback, timers: time, timeoutMs, onEnd });
  const told = () => callback.calls.map(([packet]) => packet);
  return { time, request, told, onEnd };
}

const responses = (...items: number[]) => items.map((response) => ({ response }));
const part = (from: number, items: number[], more: Partial<ReplyPart> = {}): ReplyPart => ({ from, items, ...more });

describe('PendingRequest', () => {
  it('puts replies in order and drops those that came twice, whatever the order of their arrival', () => {
    const { request, told, onEnd } = pending();

    request.deliver(part(3, [3], { end: true }));
    request.deliver(part(1, [1, 2]));
    request.deliver(part(1, [1]));
    expect(told()).toEqual([]);
    request.deliver(part(0, [0]));
    request.deliver(part(0, [0]));

    expect(told()).toEqual([...responses(0, 1, 2, 3), { isDisposed: true }]);
    expect(onEnd.calls).toHaveLength(1);
  });

  it('goes on with the answer of a second run where the first was cut off', () => {
    const { request, told } = pending();

    request.deliver(part(0, [0, 1]));
    request.deliver(part(0, [0, 1, 2], { end: true }));

    expect(told()).toEqual([...responses(0, 1, 2), { isDisposed: true }]);
  });

  it('ends with the error of the handler after the replies before it', () => {
    const { request, told } = pending();

    request.deliver(part(1, [], { end: true, error: { message: 'no more' } }));
    request.deliver(part(0, [0]));

    expect(told()).toEqual([...responses(0), { err: { message: 'no more' }, isDisposed: true }]);
  });

  it('fails where a reply breaks the schema', () => {
    const { request, told } = pending();

    request.deliver({ from: 0, items: ['one', 2], end: true });

    expect(told()).toEqual([{ err: expect.objectContaining({ reason: 'invalid-data' }), isDisposed: true }]);
  });

  it('R11: fails where very many replies wait for one before them', () => {
    const { request, told } = pending();

    request.deliver(
      part(
        1,
        Array.from({ length: 10_001 }, (_, n) => n),
      ),
    );

    expect(told()).toEqual([{ err: expect.objectContaining({ reason: 'overflow' }), isDisposed: true }]);
  });

  it('fails when nothing has come for too long, which each reply begins anew', async () => {
    const { time, request, told } = pending();

    await time.advance(900);
    request.deliver(part(0, [0]));
    await time.advance(900);
    // Not a step further: it has come already.
    request.deliver(part(0, [0]));
    expect(told()).toEqual(responses(0));
    await time.advance(100);

    expect(told()).toEqual([
      ...responses(0),
      { err: expect.objectContaining({ reason: 'timeout' }), isDisposed: true },
    ]);
    expect(time.nextIn()).toBeUndefined();
  });

  it('NEST-2: says nothing after it was given up, and leaves no timer', () => {
    const { time, request, told, onEnd } = pending();

    expect(request.cancel()).toBe(true);
    request.deliver(part(0, [0], { end: true }));
    request.fail(new Error('late'));

    expect(request.cancel()).toBe(false);
    expect(told()).toEqual([]);
    expect(onEnd.calls).toHaveLength(1);
    expect(time.nextIn()).toBeUndefined();
  });

  it('stops where it is given up in the middle of a part', () => {
    const time = new VirtualTime();
    const seen: WritePacket[] = [];
    const request: PendingRequest = new PendingRequest({
      definition: Count,
      timers: time,
      timeoutMs: 1_000,
      onEnd: () => undefined,
      callback: (packet) => {
        seen.push(packet);
        request.cancel();
      },
    });

    request.deliver(part(0, [0, 1, 2], { end: true }));

    expect(seen).toEqual(responses(0));
  });
});

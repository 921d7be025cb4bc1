import { describe, expect, it } from '@jest/globals';
import { defineCommand } from '@lethe/topology';
import { z } from 'zod';
import { SagaDefinitionError } from '../outbox.errors.js';
import { defineSaga, timeout } from './define-saga.js';

const Remind = defineCommand({
  owner: 'shop',
  name: 'remind',
  version: 1,
  description: 'A step takes too long.',
  data: z.object({ orderId: z.string(), step: z.int() }),
});
const waiting = timeout(Remind, { data: ({ id, step }) => ({ orderId: id, step }), afterSeconds: 60 });

describe('defineSaga', () => {
  it('knows which state leads to which, by however many steps', () => {
    const { leads } = defineSaga({
      name: 'placing',
      initial: 'placed',
      transitions: { placed: ['paid', 'refused'], paid: ['sent'], sent: [], refused: [] },
    });

    expect([leads('placed', 'sent'), leads('paid', 'refused'), leads('placed', 'placed')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('follows cycles', () => {
    const { leads } = defineSaga({ name: 'loop', initial: 'a', transitions: { a: ['b'], b: ['a'] } });

    expect([leads('a', 'a'), leads('b', 'a')]).toEqual([true, true]);
  });

  it('refuses a transition to a state without a line', () => {
    const line: Record<string, string[]> = { placed: ['paid'] };

    expect(() => defineSaga({ name: 'x', initial: 'placed', transitions: line })).toThrow(SagaDefinitionError);
  });

  it('refuses a state that nothing leads to', () => {
    const define = () => defineSaga({ name: 'x', initial: 'a', transitions: { a: ['b'], b: [], lost: ['b'] } });

    expect(define).toThrow('nothing leads from a to lost');
  });

  it('refuses a time-out of a final state', () => {
    const transitions = { a: ['b'], b: [] } as const;

    expect(() => defineSaga({ name: 'x', initial: 'a', transitions, timeouts: { b: waiting } })).toThrow(
      'b is final and has nothing to wait for',
    );
  });

  it('takes seconds as a number or by how often the time-out fired', () => {
    const doubling = timeout(Remind, {
      ...waiting,
      data: () => ({ orderId: 'a', step: 1 }),
      afterSeconds: (n) => 2 ** n,
    });

    expect([waiting.afterSeconds(3), doubling.afterSeconds(3)]).toEqual([60, 8]);
    expect(waiting.data({ id: 'a', step: 2 })).toEqual({ orderId: 'a', step: 2 });
  });
});

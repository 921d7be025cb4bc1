import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Deque } from './deque.js';

interface List {
  push(n: number): unknown;
  unshift(n: number): unknown;
  shift(): number | undefined;
}

/** Zero takes, a negative number goes to the front, a positive one to the end. */
function step(list: List, n: number): number | undefined {
  if (n === 0) return list.shift();
  if (n < 0) list.unshift(n);
  else list.push(n);
  return undefined;
}

describe('Deque', () => {
  it('is a list that is taken from the front, and added to at both ends', () => {
    const steps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -9, max: 9 })), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (work) => {
        const deque = new Deque<number>();
        const list: number[] = [];
        for (const n of work) {
          expect(step(deque, n)).toBe(step(list, n));
          expect([deque.length, deque.peek()]).toEqual([list.length, list[0]]);
        }
      }),
    );
  });

  it('keeps its order over many turns', () => {
    const numbers = Array.from({ length: 10_000 }, (_, n) => n);
    const deque = new Deque<number>();
    for (const n of numbers) deque.push(n);

    const taken = numbers.map((n) => {
      deque.push(n + 10_000);
      return deque.shift();
    });

    expect(taken).toEqual(numbers);
    expect([deque.length, deque.peek()]).toEqual([10_000, 10_000]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Backlog } from './backlog.js';

describe('Backlog', () => {
  it('gives what it was given, in order, and counts what remains', () => {
    const backlog = new Backlog<number>();
    for (const n of [1, 2, 3]) backlog.push(n);

    expect([backlog.shift(), backlog.length, backlog.shift(), backlog.shift()]).toEqual([1, 2, 2, 3]);
    expect([backlog.shift(), backlog.length]).toEqual([undefined, 0]);
    expect([backlog.push(4), backlog.shift()]).toEqual([1, 4]);
  });
});

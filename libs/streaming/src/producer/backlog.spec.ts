import { describe, expect, it } from '@jest/globals';
import { Backlog } from './backlog.js';

/** Enters as a producer does, and notes down when there was room. */
function enter(backlog: Backlog, size: number, name: string, entered: string[]): void {
  if (backlog.tryEnter(size)) entered.push(name);
  else backlog.wait(size, () => entered.push(name));
}

describe('Backlog', () => {
  it('R11: admits no more records than its bound', () => {
    const backlog = new Backlog(2, 1_000);
    const entered: string[] = [];
    for (const name of ['first', 'second', 'third']) enter(backlog, 1, name, entered);
    expect([entered, backlog.records, backlog.waiting]).toEqual([['first', 'second'], 2, 1]);

    backlog.leave(1);
    expect([entered, backlog.records, backlog.waiting]).toEqual([['first', 'second', 'third'], 2, 0]);
  });

  it('R11: admits no more bytes than its bound, in the order of arrival', () => {
    const backlog = new Backlog(100, 10);
    const entered: string[] = [];
    for (const [name, size] of [
      ['full', 8],
      ['large', 9],
      ['small', 1],
    ] as const)
      enter(backlog, size, name, entered);
    expect(entered).toEqual(['full']);

    backlog.leave(8);
    expect(entered).toEqual(['full', 'large', 'small']);
  });

  it('admits all who wait, each once and in order, however many', () => {
    const backlog = new Backlog(1, 1_000);
    const entered: string[] = [];
    const names = Array.from({ length: 1_000 }, (_, n) => `${n}`);
    for (const name of names) enter(backlog, 1, name, entered);
    for (const _ of names) backlog.leave(1);

    expect(entered).toEqual(names);
    expect([backlog.records, backlog.waiting]).toEqual([0, 0]);
  });

  it('admits a record larger than the bound once it is empty', () => {
    expect(new Backlog(10, 10).tryEnter(11)).toBe(true);
  });
});

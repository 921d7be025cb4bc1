import { describe, expect, it } from '@jest/globals';
import { matchReturns } from './match-returns.js';
import type { CancelledLine, RetailInvoice } from './retail-file.js';

function sale(number: string, day: number, units: Record<string, number>, customer = '17850'): RetailInvoice {
  const placedAt = `2010-12-0${day}T08:00:00.000Z`;
  return { number, placedAt, customer, lines: 1, units: new Map(Object.entries(units)) };
}

function back(number: string, day: number, code: string, quantity: number, customer = '17850'): CancelledLine {
  return { number, at: `2010-12-0${day}T09:00:00.000Z`, customer, code, quantity };
}

const none = { 'no customer': 0, 'never bought before': 0, 'more than was bought': 0 };

describe('matchReturns', () => {
  it('takes units back to the latest earlier sale first, and to the one before it for the rest', () => {
    const sales = [sale('1', 1, { A: 5 }), sale('2', 2, { A: 3 }), sale('3', 4, { A: 9 })];

    const { returns, unmatched } = matchReturns(sales, [back('C1', 3, 'A', 4)]);

    expect(returns.map(({ invoice, units }) => [invoice, [...units]])).toEqual([
      ['2', [['A', 3]]],
      ['1', [['A', 1]]],
    ]);
    expect(unmatched).toEqual(none);
  });

  it('takes a unit back once, in the order of time, whatever the order of the file', () => {
    const cancelled = [back('C2', 5, 'A', 2), back('C1', 3, 'A', 4)];

    const { returns, unmatched } = matchReturns([sale('1', 1, { A: 5 })], cancelled);

    expect(returns.map(({ number, units }) => [number, units.get('A')])).toEqual([
      ['C1', 4],
      ['C2', 1],
    ]);
    expect(unmatched).toEqual({ ...none, 'more than was bought': 1 });
  });

  it('makes one return of all that one cancellation takes back from one sale', () => {
    const { returns } = matchReturns([sale('1', 1, { A: 5, B: 2 })], [back('C1', 2, 'A', 1), back('C1', 2, 'B', 2)]);

    expect(returns).toHaveLength(1);
    expect([...(returns[0]?.units ?? [])]).toEqual([
      ['A', 1],
      ['B', 2],
    ]);
  });

  it('says why units belong to no sale', () => {
    const sales = [sale('1', 4, { A: 5 }), sale('2', 1, { A: 5 }, '13047'), sale('3', 1, { B: 1 }, '')];
    const cancelled = [back('C1', 3, 'A', 7), back('C2', 3, 'B', 2, '')];

    expect(matchReturns(sales, cancelled)).toEqual({
      returns: [],
      unmatched: { ...none, 'never bought before': 7, 'no customer': 2 },
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CHOICES, type Choices, DEPLOYED, alternatives } from './choices.js';
import { dollars, inCents } from './cents.js';
import { estimate, sumsOf } from './estimate.js';
import { data, situationOf } from './situation.fixture.js';

const orders = fc.integer({ min: 1, max: 100_000_000 });
const choices: fc.Arbitrary<Choices> = fc.record({
  compute: fc.constantFrom(...CHOICES.compute),
  tables: fc.constantFrom(...CHOICES.tables),
  streams: fc.constantFrom(...CHOICES.streams),
  reading: fc.constantFrom(...CHOICES.reading),
  batching: fc.constantFrom(...CHOICES.batching),
  records: fc.constantFrom(...CHOICES.records),
});
const costs = (ordersPerDay: number, visitsPerDay: number, chosen: Choices = DEPLOYED, freeTier = false) =>
  estimate(situationOf({ ordersPerDay, visitsPerDay }, { choices: chosen }), data.prices, { freeTier });

describe('the estimate', () => {
  it('never falls when orders or visits grow, whatever is chosen', () => {
    fc.assert(
      fc.property(orders, orders, orders, choices, fc.boolean(), (one, more, visits, chosen, freeTier) => {
        const [few, many] = [costs(one, visits, chosen, freeTier).usd, costs(one + more, visits, chosen, freeTier).usd];
        const visited = costs(one, visits + more, chosen, freeTier).usd;
        const least = few * (1 - 1e-9);
        expect(Math.min(many, visited)).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 60 },
    );
  });

  it('doubles what is paid by the piece when everything doubles', () => {
    const byThePiece = [
      'states.transition',
      'ses.mail',
      'sns.publish',
      'kinesis.in-gb',
      'cloudfront.request',
      'aurora.io',
    ];
    const alone: Choices = { ...DEPLOYED, batching: 'off' };
    fc.assert(
      fc.property(orders, fc.integer({ min: 1, max: 1_000_000_000 }), (ordersPerDay, visitsPerDay) => {
        const once = sumsOf(costs(ordersPerDay, visitsPerDay, alone).lines, ({ price }) => price);
        const twice = sumsOf(costs(2 * ordersPerDay, 2 * visitsPerDay, alone).lines, ({ price }) => price);
        for (const price of byThePiece) expect((twice.get(price) ?? 0) / (once.get(price) ?? 0)).toBeCloseTo(2, 6);
      }),
      { numRuns: 60 },
    );
  });

  it('is the sum of its lines, also in the cents that are shown', () => {
    fc.assert(
      fc.property(orders, orders, choices, (ordersPerDay, visitsPerDay, chosen) => {
        const { lines, usd } = costs(ordersPerDay, visitsPerDay, chosen);
        const cents = inCents(lines.map((line) => line.usd));
        expect(cents.reduce((sum, cent) => sum + cent, 0)).toBe(Math.round(usd * 100));
        cents.forEach((cent, at) => expect(Math.abs(cent - (lines[at]?.usd ?? 0) * 100)).toBeLessThan(1.001));
      }),
      { numRuns: 60 },
    );
  });

  it('is never more with the free tier, which is off unless asked for', () => {
    fc.assert(
      fc.property(orders, orders, (ordersPerDay, visitsPerDay) => {
        const full = costs(ordersPerDay, visitsPerDay).usd;
        expect(estimate(situationOf({ ordersPerDay, visitsPerDay }), data.prices).usd).toBe(full);
        expect(costs(ordersPerDay, visitsPerDay, DEPLOYED, true).usd).toBeLessThanOrEqual(full);
      }),
      { numRuns: 50 },
    );
  });

  it('has a price for everything that any choice uses', () => {
    for (const { choices: chosen } of alternatives()) expect(costs(1_000, 50_000, chosen).usd).toBeGreaterThan(0);
  });

  it('says which price a list lacks', () => {
    const { 'ses.mail': _, ...prices } = data.prices.prices;
    const incomplete = { ...data.prices, prices };
    expect(() => estimate(situationOf({ ordersPerDay: 1, visitsPerDay: 1 }), incomplete)).toThrow('has no ses.mail');
  });
});

describe('cents', () => {
  it('lose and find nothing in rounding', () => {
    expect(inCents([0.333, 0.333, 0.334])).toEqual([33, 33, 34]);
    expect(inCents([1.007, 2.006])).toEqual([101, 200]);
    expect(inCents([])).toEqual([]);
    expect(dollars(123_456_789)).toBe('1,234,567.89');
  });
});

import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@lethe/kernel';
import { mergeLines, shortagesOf } from './reservation.js';

const [a, b, c] = [uuidv7(), uuidv7(), uuidv7()];

describe('mergeLines', () => {
  it('adds up lines of one product, however its id is written', () => {
    const lines = [
      { productId: a, quantity: 2 },
      { productId: b, quantity: 1 },
      { productId: a.toUpperCase(), quantity: 3 },
    ];

    expect(mergeLines(lines)).toEqual([
      { productId: a, quantity: 5 },
      { productId: b, quantity: 1 },
    ]);
  });
});

describe('shortagesOf', () => {
  it('finds none where the shelf holds every line to the last unit', () => {
    expect(shortagesOf([{ productId: a, quantity: 5 }], [{ productId: a, available: 5 }])).toEqual([]);
  });

  it('lists each line that falls short, an unknown product with none available', () => {
    const wanted = [a, b, c].map((productId) => ({ productId, quantity: 3 }));
    const shelf = [
      { productId: a, available: 2 },
      { productId: b, available: 3 },
    ];

    expect(shortagesOf(wanted, shelf)).toEqual([
      { productId: a, requested: 3, available: 2 },
      { productId: c, requested: 3, available: 0 },
    ]);
  });
});

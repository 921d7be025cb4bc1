import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CATEGORY, categoryOf } from './categories.js';

describe('categoryOf', () => {
  it.each([
    ['WHITE METAL LANTERN', 'lights'],
    ['WHITE HANGING HEART T-LIGHT HOLDER', 'lights'],
    ['CHRISTMAS CANDLE', 'christmas'],
    ['JUMBO BAG RED RETROSPOT', 'bags'],
    ['SET OF 3 CAKE TINS PANTRY DESIGN', 'party'],
    ['RED MUG', 'kitchen'],
    ['DOORMAT UNION FLAG', 'textiles'],
    ['CREAM CUPID HEARTS COAT HANGER', 'storage'],
  ])('puts %s into %s', (name, category) => {
    expect(categoryOf(name)).toBe(category);
  });

  it.each(['', '12345', 'ASSORTED COLOURS', 'constructor'])('has a place for %j, whose name says nothing', (name) => {
    expect(categoryOf(name)).toBe(DEFAULT_CATEGORY);
  });

  it('does not find a word inside another', () => {
    expect(categoryOf('DELIGHTFUL CARTING')).toBe(DEFAULT_CATEGORY);
  });
});

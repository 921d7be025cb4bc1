import { describe, expect, it } from '@jest/globals';
import { firstIllegalStep } from './order-paths.js';

describe('firstIllegalStep', () => {
  it.each([
    'pending reserved paid confirmed',
    'pending rejected',
    'pending reserved cancelled',
    'pending reserved paid confirmed fulfilling shipped delivered returned partly-refunded returned refunded',
  ])('permits %s', (path) => {
    expect(firstIllegalStep(path.split(' '))).toBeUndefined();
  });

  it.each([
    ['reserved', '>reserved'],
    ['pending paid', 'pending>paid'],
    ['pending reserved cancelled paid', 'cancelled>paid'],
    ['pending reserved paid confirmed shipped', 'confirmed>shipped'],
    ['pending reserved paid confirmed refunded returned', 'refunded>returned'],
  ])('finds fault with %s', (path, step) => {
    expect(firstIllegalStep(path.split(' '))).toBe(step);
  });
});

import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from './charge.js';

describe('outcomeOf', () => {
  it.each([
    ['tok_visa', 'succeeded'],
    ['tok_chargeDeclined', 'card_declined'],
    ['tok_unheardOf', 'invalid_source'],
    ['toString', 'invalid_source'],
  ])('decides %s as %s', (source, outcome) => {
    expect(outcomeOf(source)).toBe(outcome);
  });
});

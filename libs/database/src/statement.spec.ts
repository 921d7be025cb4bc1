import { describe, expect, it } from '@jest/globals';
import { statement } from './statement.js';

describe('statement', () => {
  it('keeps name and text', () => {
    expect(statement('orders.find', 'SELECT 1')).toEqual({ name: 'orders.find', text: 'SELECT 1' });
  });

  it('refuses a name that Postgres would cut, so that two could become one', () => {
    expect(() => statement('', 'SELECT 1')).toThrow(RangeError);
    expect(() => statement('ü'.repeat(32), 'SELECT 1')).toThrow(RangeError);
    expect(statement('x'.repeat(63), 'SELECT 1').name).toHaveLength(63);
  });
});

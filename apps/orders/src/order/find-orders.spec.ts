import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@lethe/kernel';
import { InvalidValueError } from '../orders.errors.js';
import { cursorAfter, orderOfCursor } from './find-orders.js';

describe('the cursor of a list of orders', () => {
  it('leads back to its order', () => {
    const id = uuidv7();

    expect(orderOfCursor(cursorAfter(id))).toBe(id);
  });

  it.each(['', 'x', '%%%', cursorAfter(uuidv7()) + 'A', 'AAAAAAAAAAAAAAAAAAAAAA', `${cursorAfter(uuidv7())}==`])(
    'refuses %p with a pointer to the parameter',
    (cursor) => {
      expect(() => orderOfCursor(cursor)).toThrow(InvalidValueError);
    },
  );
});

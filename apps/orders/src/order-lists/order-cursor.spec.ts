import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@lethe/kernel';
import { InvalidValueError } from '../orders.errors.js';
import { type OrderCursor, readCursor, writeCursor } from './order-cursor.js';

const byId = (): OrderCursor => ({ by: 'id', id: uuidv7() });
const byTime = (time = Date.now()): OrderCursor => ({ by: 'placed', placedAt: new Date(time), id: uuidv7() });

describe('the cursor of a list of orders', () => {
  it.each([byId(), byTime(), byTime(0), byTime(-86_400_000), byTime(253_402_300_799_999)])(
    'leads back: %j',
    (cursor) => {
      expect(readCursor(writeCursor(cursor), cursor.by)).toEqual(cursor);
    },
  );

  it.each(['', 'x', '%%%', writeCursor(byId()) + 'A', 'AAAAAAAAAAAAAAAAAAAAAA', `${writeCursor(byId())}==`])(
    'refuses %p with a pointer to the parameter',
    (text) => {
      expect(() => readCursor(text, 'id')).toThrow(InvalidValueError);
      expect(() => readCursor(text, 'placed')).toThrow(InvalidValueError);
    },
  );

  it('refuses the cursor of another order of the list', () => {
    expect(() => readCursor(writeCursor(byTime()), 'id')).toThrow(InvalidValueError);
    expect(() => readCursor(writeCursor(byId()), 'placed')).toThrow(InvalidValueError);
    const never = Buffer.concat([
      Buffer.from('7fffffffffffffff', 'hex'),
      Buffer.from(writeCursor(byId()), 'base64url'),
    ]);
    expect(() => readCursor(never.toString('base64url'), 'placed')).toThrow(InvalidValueError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@lethe/kernel';
import { MalformedRequestError } from '../../catalog.errors.js';
import { type PageCursor, readCursor, writeCursor } from './page-cursor.js';

const subject = { q: 'lantern', category: undefined };
const cursors: PageCursor[] = [
  { order: 'id', id: uuidv7() },
  { order: 'text', rank: 607_927, id: uuidv7() },
  { order: 'similar', rank: 500_000, id: uuidv7() },
];

describe('a page cursor', () => {
  it.each(cursors)('comes back as it was written: $order', (cursor) => {
    const text = writeCursor(cursor, subject);

    expect(text).toMatch(/^[\w-]+$/);
    expect(readCursor(text, subject)).toEqual(cursor);
  });

  it('is refused wherever one character of it is changed', () => {
    const text = writeCursor({ order: 'id', id: uuidv7() }, subject);

    for (let at = 0; at < text.length; at += 1) {
      const tampered = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect(() => readCursor(tampered, subject)).toThrow(MalformedRequestError);
    }
  });

  it('holds for no other question', () => {
    const text = writeCursor({ order: 'text', rank: 1, id: uuidv7() }, subject);

    expect(() => readCursor(text, { ...subject, q: 'candle' })).toThrow(MalformedRequestError);
    expect(() => readCursor(text, { ...subject, category: 'lights' })).toThrow(MalformedRequestError);
  });

  it.each(['', 'x', '====', 'bm90IGpzb24', 'é', 'A'.repeat(500)])('refuses %j and points at the query', (text) => {
    expect(() => readCursor(text, subject)).toThrow(
      expect.objectContaining({
        status: 400,
        errors: [{ pointer: '#query/cursor', detail: 'is no cursor of this list' }],
      }),
    );
  });
});

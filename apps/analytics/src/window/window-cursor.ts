import { z } from 'zod';
import { InvalidCursorError } from '../analytics.errors.js';

const position = z.tuple([z.iso.datetime(), z.string(), z.string()]);

/** The last window of a page. */
export interface WindowPosition {
  readonly start: Date | string;
  readonly key: string;
  readonly currency: string;
}

/** Where a page begins; before everything where there is no cursor. Throws an {@link InvalidCursorError}. */
export function readCursor(cursor: string | undefined): WindowPosition {
  if (cursor === undefined) return { start: '-infinity', key: '', currency: '' };
  try {
    const [start, key, currency] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { start, key, currency };
  } catch (cause) {
    throw new InvalidCursorError(cause);
  }
}

export function writeCursor({ start, key, currency }: WindowPosition): string {
  return Buffer.from(JSON.stringify([new Date(start).toISOString(), key, currency])).toString('base64url');
}

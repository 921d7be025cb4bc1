import { createHash } from 'node:crypto';
import { isUuid } from '@lethe/kernel';
import { z } from 'zod';
import { MalformedRequestError } from '../../catalog.errors.js';

const id = z.string().refine(isUuid);
const cursorSchema = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('id'), id }),
  z.strictObject({ order: z.literal('text'), rank: z.int(), id }),
  z.strictObject({ order: z.literal('similar'), rank: z.int(), id }),
]);

/** The last product of a page: the next page begins after it, in the same order, whatever was written in between. */
export type PageCursor = z.output<typeof cursorSchema>;

/** What a list was asked for; a cursor holds for no other question. */
export interface PageSubject {
  readonly q: string | undefined;
  readonly category: string | undefined;
}

const CHECK_BYTES = 6;

/** A checksum, no signature: it catches slips and cursors of another question; a forged one only chooses a place. */
function checkOf(json: string, { q, category }: PageSubject): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([q ?? null, category ?? null, json]))
    .digest()
    .subarray(0, CHECK_BYTES);
}

/** The cursor as opaque base64url. */
export function writeCursor(cursor: PageCursor, subject: PageSubject): string {
  const json = JSON.stringify(cursor);
  return Buffer.concat([checkOf(json, subject), Buffer.from(json)]).toString('base64url');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Reads a cursor. Throws a {@link MalformedRequestError} at `#query/cursor` where it was tampered with or belongs to another question. */
export function readCursor(text: string, subject: PageSubject): PageCursor {
  const bytes = Buffer.from(text, 'base64url');
  const json = bytes.subarray(CHECK_BYTES).toString('utf8');
  const intact = bytes.toString('base64url') === text && bytes.subarray(0, CHECK_BYTES).equals(checkOf(json, subject));
  const parsed = cursorSchema.safeParse(intact ? parseJson(json) : undefined);
  if (!parsed.success) throw new MalformedRequestError('#query/cursor', 'is no cursor of this list');
  return parsed.data;
}

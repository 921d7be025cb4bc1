import { isUuid } from '@lethe/kernel';
import { InvalidValueError } from '../orders.errors.js';

/** Where a page begins: after an order, in the order of ids, or in that of the times when orders were placed. */
export type OrderCursor =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'placed'; readonly placedAt: Date; readonly id: string };

/** Above every id: where the first page begins. */
export const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const TIME_BYTES = 8;
const ID_BYTES = 16;

/** Opaque to callers, so that it can change. Times are to the millisecond, as orders have them. */
export function writeCursor(cursor: OrderCursor): string {
  const id = Buffer.from(cursor.id.replaceAll('-', ''), 'hex');
  if (cursor.by === 'id') return id.toString('base64url');
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigInt64BE(BigInt(cursor.placedAt.getTime()));
  return Buffer.concat([time, id]).toString('base64url');
}

/** Throws an {@link InvalidValueError} where it is none of this order. */
export function readCursor<By extends OrderCursor['by']>(text: string, by: By): Extract<OrderCursor, { by: By }>;
export function readCursor(text: string, by: OrderCursor['by']): OrderCursor {
  const bytes = Buffer.from(text, 'base64url');
  const cursor = by === 'id' ? { by, id: idOf(bytes) } : placedOf(bytes);
  if (cursor && isUuid(cursor.id) && writeCursor(cursor) === text) return cursor;
  throw new InvalidValueError('#query/cursor', 'is not a cursor of this list');
}

function placedOf(bytes: Buffer): OrderCursor | undefined {
  if (bytes.length !== TIME_BYTES + ID_BYTES) return undefined;
  const placedAt = new Date(Number(bytes.readBigInt64BE()));
  if (Number.isNaN(placedAt.getTime())) return undefined;
  return { by: 'placed', placedAt, id: idOf(bytes.subarray(TIME_BYTES)) };
}

function idOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

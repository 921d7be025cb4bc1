import { randomHex } from './random.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** Digits that begin with the two bits 10, the variant of RFC 9562 4.1. */
const VARIANTS = '89ab';

/**
 * A UUID version 7 (RFC 9562 5.7): 48 bits of Unix milliseconds, then 74 random bits.
 * Ids sort by the millisecond in which they were made, which keeps B-tree inserts at the right edge.
 */
export function uuidv7(now: number = Date.now()): string {
  if (!Number.isInteger(now) || now < 0 || now > 0xffff_ffff_ffff) {
    throw new RangeError(`uuidv7: ${now} is not a 48-bit count of milliseconds`);
  }
  const time = now.toString(16).padStart(12, '0');
  const random = randomHex(10);
  const variant = VARIANTS.charAt(Number.parseInt(random.charAt(0), 16) % VARIANTS.length);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(1, 4)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** Whether the text is a UUID of any version of RFC 9562. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** The Unix milliseconds inside a UUID version 7. Throws a RangeError for any other text. */
export function timeOfUuidv7(uuid: string): number {
  if (!UUID.test(uuid) || uuid[14] !== '7') throw new RangeError(`${uuid} is not a UUID version 7`);
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

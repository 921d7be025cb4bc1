import { randomBytes } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * A UUID version 7 (RFC 9562 5.7): 48 bits of Unix milliseconds, then 74 random bits.
 * Ids sort by the millisecond in which they were made, which keeps B-tree inserts at the right edge.
 */
export function uuidv7(now: number = Date.now()): string {
  if (!Number.isInteger(now) || now < 0 || now > 0xffff_ffff_ffff) {
    throw new RangeError(`uuidv7: ${now} is not a 48-bit count of milliseconds`);
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
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

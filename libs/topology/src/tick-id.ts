import { createHash } from 'node:crypto';

/** How a scheduler that cannot make UUIDs names the message of a tick: `tick:<schedule>@<time>`. */
export const TICK = /^tick:([a-z0-9-]{1,64})@(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)$/;

/**
 * The id of the message of a tick, from what {@link TICK} matches: the same however often a scheduler sends it, since the
 * tick is what the inbox must see once (R29). A UUIDv8 (RFC 9562, 5.8) of the SHA-256 of name and time.
 */
export function tickId(name: string): string {
  const [, schedule = '', time = ''] = TICK.exec(name) ?? [];
  const bytes = createHash('sha256')
    .update(`${schedule}@${Date.parse(time)}`)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

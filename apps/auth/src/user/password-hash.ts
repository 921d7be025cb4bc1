import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { PasswordHashFormatError } from '../auth.errors.js';

/** Cost of a hash. Memory in KiB. */
export interface HashCost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane (S25). */
export const CURRENT_COST: HashCost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** Argon2 version 1.3, the only one of RFC 9106. */
const VERSION = 19;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,128})\$([A-Za-z0-9+/]{11,128})$/;
const argon2id = promisify(argon2).bind(null, 'argon2id');

/** Hashes a password with a new salt into a PHC string. Unicode is brought to NFC first (NIST SP 800-63B-4 3.1.1.2). */
export async function hashPassword(password: string, cost: HashCost = CURRENT_COST): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await derive(password, nonce, cost, TAG_BYTES);
  const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=${VERSION}$${parameters}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/** Whether the password is the one hashed. Throws a PasswordHashFormatError for a hash that is no PHC string of argon2id. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const { cost, nonce, tag } = parse(hash);
  return timingSafeEqual(await derive(password, nonce, cost, tag.length), tag);
}

/** Whether the hash was made at a lower cost than today's (S25). */
export function isOutdated(hash: string, current: HashCost = CURRENT_COST): boolean {
  const { cost } = parse(hash);
  return cost.memory < current.memory || cost.passes < current.passes || cost.parallelism < current.parallelism;
}

function derive(password: string, nonce: Buffer, cost: HashCost, tagLength: number): Promise<Buffer> {
  return argon2id({ message: password.normalize('NFC'), nonce, tagLength, ...cost });
}

function parse(hash: string): { cost: HashCost; nonce: Buffer; tag: Buffer } {
  const match = PHC.exec(hash);
  if (!match) throw new PasswordHashFormatError('not a PHC string of argon2id version 19');
  const [, memory, passes, parallelism, nonce = '', tag = ''] = match;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';

/** The 3072-bit group of RFC 3526, which Cognito uses. */
const N = toBigInt(getDiffieHellman('modp15').getPrime());
const GENERATOR = 2n;
/** The multiplier of SRP-6a: the hash of the group and its generator. */
const K = toBigInt(sha256(padded(N), bytes(GENERATOR)));
const INFO = 'Caldera Derived Key';
const KEY_BYTES = 16;
const SECRET_BYTES = 32;

/** What Cognito sends with the challenge PASSWORD_VERIFIER. */
export interface SrpChallenge {
  /** `USER_ID_FOR_SRP`: the user name, whatever alias was typed. */
  readonly userId: string;
  /** `SRP_B`, hexadecimal. */
  readonly serverKey: string;
  /** `SALT`, hexadecimal. */
  readonly salt: string;
  /** `SECRET_BLOCK`, base64. */
  readonly secretBlock: string;
}

/**
 * The client's side of Secure Remote Password as Cognito has it (SRP-6a, RFC 5054, with SHA-256 and a key derived by
 * HKDF): the password itself is not sent. One object per sign-in.
 */
export class SrpClient {
  readonly #secret: bigint;
  readonly #publicKey: bigint;

  constructor(secret: Buffer = randomBytes(SECRET_BYTES)) {
    this.#secret = toBigInt(secret);
    this.#publicKey = power(GENERATOR, this.#secret);
  }

  /** `SRP_A`, hexadecimal. */
  get publicKey(): string {
    return this.#publicKey.toString(16);
  }

  /**
   * `PASSWORD_CLAIM_SIGNATURE`, base64, for the pool (its id), the password and the time as {@link srpTimestamp} writes
   * it. Throws a RangeError for a challenge that would give the password away (RFC 5054 2.5.4).
   */
  sign(poolId: string, password: string, challenge: SrpChallenge, timestamp: string): string {
    const serverKey = BigInt(`0x${challenge.serverKey}`);
    if (serverKey % N === 0n) throw new RangeError('the key of the server is a multiple of the group');
    const scrambling = toBigInt(sha256(padded(this.#publicKey), padded(serverKey)));
    if (scrambling === 0n) throw new RangeError('the scrambling parameter is zero');
    const pool = poolId.slice(poolId.indexOf('_') + 1);
    const identity = sha256(Buffer.from(`${pool}${challenge.userId}:${password}`));
    const x = toBigInt(sha256(padded(BigInt(`0x${challenge.salt}`)), identity));
    const base = (((serverKey - K * power(GENERATOR, x)) % N) + N) % N;
    const shared = power(base, this.#secret + scrambling * x);
    const key = Buffer.from(hkdfSync('sha256', padded(shared), padded(scrambling), INFO, KEY_BYTES));
    return createHmac('sha256', key)
      .update(pool)
      .update(challenge.userId)
      .update(Buffer.from(challenge.secretBlock, 'base64'))
      .update(timestamp)
      .digest('base64');
  }
}

/** The time in the one form that Cognito takes, such as `Tue Feb 1 03:04:05 UTC 2000`. */
export function srpTimestamp(time: Date): string {
  const [weekday, day, month, year, clock] = time.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${Number(day)} ${clock} UTC ${year}`;
}

/** base ^ exponent mod N: some 5 ms. OpenSSL is faster, but checks for seconds whether N is prime. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toBigInt(buffer: Buffer): bigint {
  return BigInt(`0x${buffer.toString('hex')}`);
}

function bytes(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

/** The bytes of a positive number in two's complement: with a zero byte before a high bit. */
function padded(value: bigint): Buffer {
  const raw = bytes(value);
  return (raw[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), raw]) : raw;
}

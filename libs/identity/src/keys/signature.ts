import { type KeyObject, verify } from 'node:crypto';
import { type Algorithm } from '../issuers.js';

/** Octets of each of the two numbers of an ES256 signature (RFC 7518 3.4). */
const HALF = 32;
/** Tags of ASN.1 DER (X.690). */
const INTEGER = 0x02;
const SEQUENCE = 0x30;

/**
 * Whether the bytes were signed by the owner of the key (RFC 7518 3.3 and 3.4). The work is done on the thread pool, where
 * it neither holds up the event loop nor is bound to one core.
 */
export function isSignedBy(
  { algorithm, key }: { readonly algorithm: Algorithm; readonly key: KeyObject },
  signed: Buffer,
  signature: Buffer,
): Promise<boolean> {
  const der = algorithm === 'ES256' ? derOf(signature) : signature;
  if (!der) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify('sha256', signed, key, der, (error, good) => (error ? reject(error) : resolve(good)));
  });
}

/**
 * Two numbers side by side, as JWS has them, in the form of OpenSSL. Node can take them as they are, by
 * `dsaEncoding: 'ieee-p1363'`: that takes nearly twice the time for a verification (measured on Node 24).
 */
function derOf(signature: Buffer): Buffer | undefined {
  if (signature.length !== 2 * HALF) return undefined;
  const numbers = Buffer.concat([integerOf(signature.subarray(0, HALF)), integerOf(signature.subarray(HALF))]);
  return Buffer.concat([Buffer.from([SEQUENCE, numbers.length]), numbers]);
}

/** Shortest form: no zeros before it, but one where the first bit would read as a sign. */
function integerOf(number: Buffer): Buffer {
  let from = 0;
  while (from < number.length - 1 && number[from] === 0) from += 1;
  const digits = number.subarray(from);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([INTEGER, digits.length + sign.length, ...sign]), digits]);
}

import { Secret, TOTP } from 'otpauth';

const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** 160 bits, the length that RFC 4226 4 recommends. */
const SECRET_BYTES = 20;
const ISSUER = 'Lethe';
const CODE = new RegExp(`^\\d{${DIGITS}}$`);

/** A new secret, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** The secret as authenticator apps read it, from a QR code. */
export function totpUri(secret: string, label: string): string {
  return totp(secret, label).toString();
}

/**
 * The time step of which this is the code (RFC 6238), one before or after now being taken too: clocks of telephones differ.
 * Undefined for any other. `nowMs` is the time in milliseconds.
 */
export function stepOf(secret: string, typed: string, nowMs: number): number | undefined {
  const token = typed.replace(/\s/gu, '');
  if (!CODE.test(token)) return undefined;
  const delta = totp(secret, '').validate({ token, timestamp: nowMs, window: 1 });
  return delta === null ? undefined : Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta;
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}

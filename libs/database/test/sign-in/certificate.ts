import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A certificate of a test, and its key, in PEM. It is its own authority. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** One value of DER (X.690): tag, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const short = content.length < 128;
  const digits = Buffer.from(content.length.toString(16).padStart(content.length < 256 ? 2 : 4, '0'), 'hex');
  return Buffer.concat([
    Buffer.from(short ? [tag, content.length] : [tag, 128 + digits.length]),
    short ? Buffer.of() : digits,
    content,
  ]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text));

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const DNS_NAME = 0x82;

/** A certificate for a host name, signed by itself (RFC 5280), valid from 2020 to 2049. */
export function certificateFor(host: string): Certificate {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(host)))));
  const names = der(0x04, sequence(der(DNS_NAME, Buffer.from(host))));
  const facts = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    name,
    pair.publicKey,
    der(0xa3, sequence(sequence(oid(SUBJECT_ALT_NAME), names))),
  );
  const signature = sign('sha256', facts, createPrivateKey(pair.privateKey));
  const bytes = sequence(facts, ECDSA_WITH_SHA256, der(0x03, Buffer.of(0), signature));
  const lines = bytes.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return { certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: pair.privateKey };
}

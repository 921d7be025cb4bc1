import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { maskLine } from './mask.js';

/** Deterministic, so that a failure can be looked at. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SECRETS = [
  'anna.o’neill+shop@mail.lethe.example',
  "o'hara@example.org",
  'ü.müller@bücher.example',
  '4242424242424242',
  '4111-1111-1111-1111',
  '3782 822463 10005',
  'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  'Bearer 0123456789abcdef',
  'basic dXNlcjpwYXNz',
  'AKIAIOSFODNN7EXAMPLE',
  'sk_live_0123456789',
  'whsec_0123456789',
  'postgres://lethe:hunter2@db.internal/orders',
] as const;
const AROUND = ['', 'x ', ' "quoted" ', '\\', '\n', 'käse ', '{"a":1} ', ', ', ': ', '(', '=', "'"] as const;
const NAMED = ['password', 'refreshToken', 'Authorization', 'set-cookie', 'client_secret', 'x-api-key'] as const;

/** What of a secret must not be left, so that a part of it is no way to it either. */
const tell = (secret: string): string => secret.replace(/^(Bearer|basic|postgres:\/\/)\s?/, '').slice(0, 12);

function logged(fields: object, text = 'said'): string {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'demo',
    instance: 'demo-1',
    level: 'info',
    destination: { write: (line: string) => void lines.push(line) },
  });
  logger.child({}, { redact: [] }).info(fields, text);
  return lines.join('');
}

describe('maskLine', () => {
  it('S54 S60: lets no e-mail address, token, key or number of a card out, whatever stands around it', () => {
    const pick = chance(7);
    const from = <T>(all: readonly T[]): T => all[pick(all.length)] ?? (all[0] as T);
    for (let run = 0; run < 600; run += 1) {
      const secret = from(SECRETS);
      const text = `${from(AROUND)}${secret}${from([' ', '', '"', '\n', ')', ','])}`;
      const value = from<unknown>([text, { deep: { deeper: { deepest: [text] } } }, JSON.stringify({ text })]);

      const line = logged({ value });

      expect(JSON.parse(line)).toMatchObject({ msg: 'said' });
      expect({ text, line, left: line.includes(tell(secret)) }).toEqual({ text, line, left: false });
    }
  });

  it('S60: lets nothing out that is named as a secret, at any depth, in JSON in a string too', () => {
    const pick = chance(11);
    for (let run = 0; run < 300; run += 1) {
      const name = NAMED[pick(NAMED.length)] ?? 'password';
      const around = AROUND[pick(AROUND.length)] ?? '';
      let value: unknown = { [name]: `${around}tell-nobody${around}`, rest: 'kept' };
      for (let depth = pick(4); depth > 0; depth -= 1) value = pick(2) === 0 ? { inner: value } : JSON.stringify(value);

      const line = logged({ value });

      expect(JSON.parse(line)).toMatchObject({ msg: 'said' });
      expect({ value, line, left: line.includes('tell-nobody') }).toEqual({ value, line, left: false });
      expect(line).toContain('kept');
    }
  });

  it('leaves a number a number', () => {
    expect(JSON.parse(maskLine('{"card":378282246310005,"rest":1}'))).toEqual({ card: 999_999_999_999_999, rest: 1 });
  });

  it.each([
    ['ids of traces', { spanId: '4111111111111111', traceId: '42424242424242424242424242424242' }],
    [
      'ids of records',
      { id: '41111111-1111-4111-8111-111111111111', sequence: '49545115243490985018280067714973144582' },
    ],
    ['times', { at: 1_700_000_000_000, micro: '1700000000000000' }],
    ['shares', { ms: 4.242424242424242 }],
    ['versions and paths', { stack: 'at file:///x/node_modules/@lethe/kernel/index.js (pino@10.4.0)' }],
    ['digits without the check digit of a card', { order: '4242424242424241' }],
    ['words', { text: 'the basic idea of a token, and a bearer of news' }],
  ])('leaves %s alone', (_, fields) => {
    expect(JSON.parse(logged(fields))).toMatchObject(fields);
  });

  it('takes no longer than the text is long', () => {
    const texts = [
      `${'a'.repeat(200_000)}@`,
      '4'.repeat(200_000),
      `"token":"${'\\'.repeat(200_000)}`,
      '://'.repeat(70_000),
    ];
    const began = performance.now();

    for (const text of texts) maskLine(text);

    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

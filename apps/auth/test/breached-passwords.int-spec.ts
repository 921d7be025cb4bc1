import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BreachedPasswordsError, PredictablePasswordError } from '../src/auth.errors.js';
import { BreachedPasswords } from '../src/password/breached-passwords.js';
import { PasswordRules } from '../src/password/password-rules.js';

const BREACHED = 'seven unrelated blue teapots';
const owner = { email: 'ada@example.com', name: 'Ada' };
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();

describe('the list of breached passwords', () => {
  const asked: string[] = [];
  let answer: (prefix: string) => { readonly status: number; readonly body: string; readonly location?: string };
  const server = createServer((request, response) => {
    const prefix = request.url?.split('/').at(-1) ?? '';
    asked.push(prefix);
    const { status, body, location } = answer(prefix);
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  let list: BreachedPasswords;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // It listens on TCP.
    list = new BreachedPasswords(`http://127.0.0.1:${(server.address() as AddressInfo).port}/range/`);
  });
  beforeEach(() => {
    asked.length = 0;
    const padding = `${'0'.repeat(35)}:3\r\n${sha1('padded with this one').slice(5)}:0`;
    answer = () => ({ status: 200, body: `${padding}\r\n${sha1(BREACHED).slice(5)}:12\r\n` });
  });
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

  it('S24: refuses those on it, and learns five digits of a hash', async () => {
    const rules = new PasswordRules(list, () => undefined);

    await expect(rules.require(BREACHED, owner, '/password')).rejects.toThrow(PredictablePasswordError);
    await expect(rules.require('eight unrelated red kettles', owner, '/password')).resolves.toBeUndefined();

    expect(asked).toEqual([sha1(BREACHED).slice(0, 5), sha1('eight unrelated red kettles').slice(0, 5)]);
  });

  it('takes no padding for an entry', async () => {
    expect(await list.includes('padded with this one')).toBe(false);
  });

  it('is not asked about what is refused anyway', async () => {
    const rules = new PasswordRules(list, () => undefined);

    await expect(rules.require('passwordpassword', owner, '/password')).rejects.toThrow(PredictablePasswordError);

    expect(asked).toEqual([]);
  });

  it.each([
    ['fails', { status: 503, body: '' }],
    ['answers without end', { status: 200, body: 'A'.repeat(1_100_000) }],
  ])('lets the block-list alone decide when it %s, and says so', async (_what, given) => {
    answer = () => given;
    const errors: unknown[] = [];
    const rules = new PasswordRules(list, (error) => errors.push(error));

    await expect(rules.require(BREACHED, owner, '/password')).resolves.toBeUndefined();

    expect(errors).toEqual([expect.any(BreachedPasswordsError)]);
  });

  it('S46: is asked where it was said to be, and nowhere that it sends to', async () => {
    answer = () => ({ status: 302, body: '', location: '/elsewhere' });

    await expect(list.includes(BREACHED)).rejects.toThrow(BreachedPasswordsError);

    expect(asked).toEqual([sha1(BREACHED).slice(0, 5)]);
  });
});

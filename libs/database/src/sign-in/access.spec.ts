import { describe, expect, it } from '@jest/globals';
import { DatabaseUrlError } from '../database.errors.js';
import { Access } from './access.js';
import type { SignIn } from './sign-in.js';

const URL_OF_PROXY = 'postgres://orders@proxy.example:5432/orders?sslmode=verify-full';
const iam: SignIn = {
  by: 'iam',
  region: 'eu-west-1',
  signer: () => ({ getAuthToken: () => Promise.resolve('token') }),
};

const refusal = (options: ConstructorParameters<typeof Access>[0]): string => {
  try {
    return `accepted: ${typeof new Access(options)}`;
  } catch (error) {
    return error instanceof DatabaseUrlError ? error.message : `another error: ${String(error)}`;
  }
};

describe('Access', () => {
  it('leaves a URL with a password to the driver as it is', () => {
    const url = 'postgres://app:secret@127.0.0.1:5433/orders';

    expect(new Access({ url }).way).toEqual({ url });
  });

  it('S55: signs in by tokens over verified TLS alone, with the authorities of the configuration', async () => {
    const { way } = new Access({ url: URL_OF_PROXY, signIn: iam, ca: 'PEM' });

    expect(way).toEqual({
      host: 'proxy.example',
      port: 5432,
      database: 'orders',
      user: 'orders',
      password: expect.any(Function),
      ssl: { rejectUnauthorized: true, ca: 'PEM' },
    });
    const client = { end: () => Promise.reject(new Error('a token was there')) };
    expect('password' in way && typeof way.password === 'function' && (await way.password.call(client))).toBe('token');
  });

  it('S55: verifies the server for a password too, where authorities are configured', () => {
    const { way } = new Access({ url: 'postgres://app:a%20b@db.example/orders', ca: 'PEM' });

    expect(way).toMatchObject({ port: 5432, password: 'a b', ssl: { rejectUnauthorized: true, ca: 'PEM' } });
  });

  it.each([
    ['postgres://orders@proxy.example/orders?sslmode=require', 'asks for sslmode=require, and the server is verified'],
    ['postgres://orders@proxy.example/orders?host=elsewhere', 'has a parameter that is not known here: host'],
    ['postgres://orders:secret@proxy.example/orders', 'has a password, and tokens are used'],
    ['postgres://proxy.example/orders', 'must name host, user and database'],
    ['postgres://orders@proxy.example/', 'must name host, user and database'],
    ['proxy.example', 'is none'],
  ])('refuses %s, and never shows a URL', (url, fault) => {
    expect(refusal({ url, signIn: iam })).toBe(`the URL of the database ${fault}`);
  });

  it('forgets its token after a refusal to sign in, and after nothing else', () => {
    const access = new Access({ url: URL_OF_PROXY, signIn: iam });

    expect(['28P01', '28000', '53300', undefined].map((state) => access.renew(state))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(new Access({ url: 'postgres://a:b@c/d' }).renew('28P01')).toBe(false);
  });
});

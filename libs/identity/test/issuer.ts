import { KeyObject, sign } from 'node:crypto';
import { type JWTPayload, type JWTHeaderParameters, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { FakeClock } from '@lethe/testing';

export const ISSUER = 'https://store.example/auth';
export const AUDIENCE = 'lethe';

/** A key pair as an issuer holds it. */
export interface IssuerKey {
  readonly kid: string;
  readonly jwk: Record<string, unknown>;
  /** Signs claims laid over good ones, under a header laid over a good one; undefined takes a member away. */
  sign(
    clock: FakeClock,
    claims?: Readonly<Record<string, unknown>>,
    header?: Partial<JWTHeaderParameters>,
  ): Promise<string>;
  /** Signs a header and a payload as they are, be they valid or not. */
  signText(header: string, payload: string): string;
}

export async function issuerKey(kid: string): Promise<IssuerKey> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg: 'ES256', use: 'sig' };
  const key = KeyObject.from(pair.privateKey);
  return {
    kid,
    jwk,
    signText: (header, payload) => {
      const signed = [header, payload].map((text) => Buffer.from(text).toString('base64url')).join('.');
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    },
    sign: (clock, claims = {}, header = {}) => {
      const now = Math.floor(clock.now() / 1000);
      const good = { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', jti: 'token-1', iat: now, exp: now + 600 };
      const payload = JSON.parse(JSON.stringify({ ...good, roles: ['customer'], ...claims })) as JWTPayload;
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
        .sign(pair.privateKey);
    },
  };
}

/** An issuer's JWKS over HTTP, that counts its visitors and can misbehave. */
export interface JwksServer {
  readonly url: string;
  readonly requests: number;
  keys: unknown[];
  /** `down` answers 500, `silent` never, `huge` without end, `moved` elsewhere. */
  mood: 'well' | 'down' | 'silent' | 'huge' | 'moved';
  stop(): Promise<void>;
}

export async function startJwks(...keys: unknown[]): Promise<JwksServer> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    if (jwks.mood === 'down') response.writeHead(500).end();
    if (jwks.mood === 'moved') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    if (jwks.mood === 'huge') response.end(JSON.stringify({ keys: jwks.keys, padding: 'x'.repeat(100_000) }));
    if (jwks.mood === 'well') response.end(JSON.stringify({ keys: jwks.keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const jwks: JwksServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    get requests() {
      return requests;
    },
    keys,
    mood: 'well',
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return jwks;
}

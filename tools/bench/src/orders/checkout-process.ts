import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { revocationsTable } from '@lethe/contracts';
import { makeServiceKey } from '@lethe/identity';
import { BenchProcessError } from '../bench.errors.js';
import { startCannedServer } from '../measure/canned-server.js';
import { PRODUCTS } from './orders-program.js';

/** The service of orders in a process of its own; its neighbours answer at once. */
export interface CheckoutProcess {
  readonly port: number;
  /** The `authorization` header of a customer. */
  readonly bearer: (customerId: string) => string;
  stop(): Promise<void>;
}

const ISSUER = 'http://localhost:8080/auth';
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function issuer() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' };
  const bearer = (sub: string): string => {
    const iat = Math.floor(Date.now() / 1_000);
    const claims = { iss: ISSUER, aud: 'lethe', sub, jti: randomUUID(), iat, exp: iat + 900, roles: ['customer'] };
    const text = `${encoded({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `Bearer ${text}.${signature.toString('base64url')}`;
  };
  return { jwks: { keys: [jwk] }, bearer };
}

/** Starts it, with `env` for its backing services. Throws a {@link BenchProcessError}. */
export async function startCheckout(env: Readonly<Record<string, string>>): Promise<CheckoutProcess> {
  const { jwks, bearer } = issuer();
  const key = makeServiceKey('orders');
  const keys = await startCannedServer(jwks);
  const catalog = await startCannedServer({ items: PRODUCTS, missing: [] });
  const tables = await startCannedServer({ Responses: { [revocationsTable.name]: [] }, UnprocessedKeys: {} });
  const child = spawn(process.execPath, [fileURLToPath(new URL('../processes/checkout-main.js', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...env,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      JWKS_URL: `${keys.url}/jwks.json`,
      CATALOG_URL: catalog.url,
      SERVICE_KEY: JSON.stringify(key.privateJwk),
      SERVICE_KEYS: JSON.stringify({ keys: [key.publicJwk] }),
      PAYMENT_WEBHOOK_SECRET: 'whsec_bench_bench_bench_bench_bench_bench',
      ORDERS_PER_USER: '1000000',
      // Without Valkey the limits count in DynamoDB, and a table that knows nothing would not do.
      ...(env['VALKEY_URL'] === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: tables.url }),
    },
  });
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
    for (const server of [keys, catalog, tables]) server.close();
  };
  const failed = once(child, 'exit').then(([code]) => {
    throw new BenchProcessError('checkout', `ended with ${String(code)}`);
  });
  try {
    const [{ url }] = (await Promise.race([once(child, 'message'), failed])) as [{ readonly url: string }];
    // It lost the race: from here on the process ends because it is stopped.
    failed.catch(() => undefined);
    return { port: Number(new URL(url).port), bearer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

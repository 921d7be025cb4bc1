import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cartSchema, orderPageSchema, orderSchema, productSchema, profileSchema, tokensSchema } from '@lethe/contracts';
import { STORE_ROLES, UNSEEN_OF_POOL, lacking, linesOf, stale, unused } from '@lethe/infra/audit';
import { uuidv7 } from '@lethe/kernel';
import { type RunningStore, StoreClient, root, startStore } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { endOf, firstProducts, placeOrder, signedInAdmin } from '../src/buyer-steps.js';
import { synthesizedRoles } from '../src/store-roles.js';

const PASSWORD = 'a long enough passphrase';
let dataDir: string;
let store: RunningStore;

const start = (identityProvider: 'own' | 'cognito'): Promise<RunningStore> =>
  startStore({
    dataDir,
    port: 0,
    replicas: 1,
    fresh: false,
    seed: true,
    logLevel: 'warn',
    identityProvider,
    ...(identityProvider === 'cognito' ? { recordCalls: join(dataDir, 'calls') } : {}),
  });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'lethe e2e-'));
  store = await start('own');
}, 180_000);

afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** The newest code that the user pool sent to the address. */
async function codeFor(email: string): Promise<string> {
  const response = await fetch(`${store.awsEnv['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER']}/messages`);
  const messages = (await response.json()) as readonly { readonly to: string; readonly code: string }[];
  return messages.findLast(({ to }) => to === email)?.code ?? '';
}

/** Runs the command with `--json` in another process, as an operator does. */
async function lethe(...args: readonly string[]): Promise<unknown> {
  const env = { PATH: process.env['PATH'], LETHE_DATA_DIR: dataDir };
  const main = join(root, 'tools', 'cli', 'dist', 'main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { env });
  return JSON.parse(stdout);
}

async function register(name: string): Promise<{ readonly client: StoreClient; readonly email: string }> {
  const email = `${name.toLowerCase()}-${uuidv7()}@example.com`;
  const client = new StoreClient({ baseUrl: store.url });
  await client.expect('POST', '/auth/register', { body: { email, password: PASSWORD, name } });
  return { client, email };
}

describe('a store that moves to Cognito', () => {
  it('sells with its own issuer, then with a user pool, and who moves keeps account, orders and password', async () => {
    const { client: before, email } = await register('Ada');
    await before.signIn(email, PASSWORD);
    const me = await before.get('/auth/me', profileSchema);
    const [product] = await firstProducts(before, 1);
    const body = { items: [{ productId: product?.id, quantity: 1 }], paymentToken: 'tok_visa' };
    const order = await endOf(before, await placeOrder(before, body));

    await store.stop();
    store = await start('cognito');
    const after = new StoreClient({ baseUrl: store.url });
    const tokens = await after.signIn(email, PASSWORD);

    const header = Buffer.from(tokens.accessToken.split('.')[0] ?? '', 'base64url').toString();
    expect(JSON.parse(header)).toMatchObject({ alg: 'RS256' });
    expect(await after.get('/auth/me', profileSchema)).toMatchObject({ id: me.id, email, name: 'Ada' });
    expect((await after.get('/orders', orderPageSchema)).items.map(({ id }) => id)).toEqual([order.id]);
    expect((await after.get(`/orders/${order.id}`, orderSchema)).status).toBe('confirmed');
    // Once in the pool, the pool alone knows the password.
    const wrong = await new StoreClient({ baseUrl: store.url }).send('POST', '/auth/login', {
      body: { email, password: 'another long passphrase' },
    });
    expect(wrong.status).toBe(401);
  }, 240_000);

  it('sells a product to who registers in the pool: verify, sign in, fill a cart, order, confirmed', async () => {
    const { client: eve, email } = await register('Eve');
    await eve.expect('POST', '/auth/email/verify', { body: { email, code: await codeFor(email) } });
    await eve.signIn(email, PASSWORD);
    const [product] = await firstProducts(eve, 1);
    await eve.expect('PUT', `/carts/me/items/${product?.id}`, { body: { quantity: 2 } });

    const order = await endOf(eve, await placeOrder(eve, { fromCart: true, paymentToken: 'tok_visa' }));

    expect(order.status).toBe('confirmed');
    await eventually(async () => expect((await eve.get('/carts/me', cartSchema)).items).toEqual([]));
    const left = await eve.get(`/catalog/products/${product?.id}`, productSchema);
    expect(left.available).toBe((product?.available ?? 0) - 2);
  });

  it('S37 S42: lets the pool’s groups decide who is an admin, in every service', async () => {
    const [{ client: eve, email }, admin] = [await register('Eve'), await signedInAdmin(store)];
    await eve.expect('POST', '/auth/email/verify', { body: { email, code: await codeFor(email) } });
    await eve.signIn(email, PASSWORD);
    const [product] = await firstProducts(eve, 1);
    const change = { body: { name: 'Renamed' }, headers: { 'if-match': '*' } };

    const refused = await eve.send('PATCH', `/catalog/products/${product?.id}`, change);
    const sales = '/analytics/sales?from=2001-02-03&to=2001-02-03&bucket=day';

    expect(refused.status).toBe(403);
    expect((await eve.send('GET', sales)).status).toBe(403);
    expect((await admin.send('GET', sales)).status).toBe(200);
  });

  it('rotates refresh tokens and ends the sign-in at log-out', async () => {
    const { client: eve, email } = await register('Eve');
    await eve.expect('POST', '/auth/email/verify', { body: { email, code: await codeFor(email) } });
    const first = await eve.signIn(email, PASSWORD);

    const second = await eve.post('/auth/refresh', tokensSchema, { body: { refreshToken: first.refreshToken } });
    await eve.expect('POST', '/auth/logout', { body: { refreshToken: second.refreshToken } });

    for (const { refreshToken } of [first, second]) {
      expect((await eve.send('POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(401);
    }
  });

  it('S20: changes a password, and ends every sign-in', async () => {
    const { client: eve, email } = await register('Eve');
    await eve.expect('POST', '/auth/email/verify', { body: { email, code: await codeFor(email) } });
    const { refreshToken } = await eve.signIn(email, PASSWORD);
    const newPassword = 'another long passphrase';

    await eve.expect('POST', '/auth/password', { body: { currentPassword: PASSWORD, newPassword } });

    expect((await eve.send('POST', '/auth/refresh', { body: { refreshToken } })).status).toBe(401);
    await eve.signIn(email, newPassword);
  });

  it('gives its users away by command, with their hashes, and takes them into the pool without', async () => {
    const file = join(dataDir, 'users.ndjson');

    const exported = await lethe('users', 'export', file, '--json');
    const dry = await lethe('users', 'import', file, '--of', 'cognito', '--dry-run', '--json');
    const again = await lethe('users', 'import', file, '--json');

    const users = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(exported).toEqual({ users: users.length, file });
    expect(users.every((line) => line.includes('$argon2id$'))).toBe(true);
    expect(statSync(file).mode & 0o077).toBe(0);
    // Both the admin and Ada are in the pool by now.
    expect(dry).toMatchObject({ dryRun: true, imported: users.length - 2, exists: 2, refused: 0 });
    expect(again).toMatchObject({ imported: 0, exists: users.length });
  }, 120_000);

  it('S57: has asked nothing of the pool that the roles of auth do not allow, and all that they do', async () => {
    const [statements, calls] = [await synthesizedRoles('cognito'), store.recordedCalls()];
    const ofPool = statements.map((one) => ({
      ...one,
      actions: one.actions.filter((action) => action.startsWith('cognito-idp:')),
    }));

    expect(linesOf(lacking(statements, calls, STORE_ROLES))).toEqual([]);
    expect(linesOf(unused(ofPool, calls, STORE_ROLES, UNSEEN_OF_POOL))).toEqual([]);
    expect(stale(ofPool, STORE_ROLES, UNSEEN_OF_POOL)).toEqual([]);
  }, 120_000);
});

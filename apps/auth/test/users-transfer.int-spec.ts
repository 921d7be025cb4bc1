import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { type Profile } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { type TestCognito, startTestCognito } from '@lethe/local-cloud';
import { CognitoPool } from '../src/cognito/cognito-pool.js';
import { OwnUsers } from '../src/transfer/own-users.js';
import { PoolUsers } from '../src/transfer/pool-users.js';
import { exportUsers, importUsers } from '../src/transfer/transfer.js';
import { type TransferredUser, type UserStore } from '../src/transfer/transferred-user.js';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';
import { type CognitoAuth, startCognitoAuth } from './cognito-service.js';

const ROLES = statement(
  'test.transfer-roles',
  'UPDATE account SET roles = $2, email_verified_at = now() WHERE id = $1',
);
const FORGET = statement('test.transfer-forget', 'DELETE FROM account WHERE id = $1');

async function linesOf(store: UserStore): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportUsers(store)) lines.push(line);
  return lines;
}
const load = async (store: UserStore, lines: readonly string[], dryRun = false) => {
  const seen: number[] = [];
  async function* source(): AsyncGenerator<string> {
    yield* lines;
  }
  return { seen, ...(await importUsers(store, source(), { dryRun, onLine: (done) => seen.push(done) })) };
};

describe('users out and in', () => {
  let auth: AuthService;
  let cognito: TestCognito;
  let onPool: CognitoAuth;
  let own: OwnUsers;
  let pool: CognitoPool;
  let client: CognitoIdentityProviderClient;
  beforeAll(async () => {
    auth = await startAuth();
    cognito = await startTestCognito();
    onPool = await startCognitoAuth(cognito.env);
    own = new OwnUsers(auth.database);
    client = new CognitoIdentityProviderClient({ region: 'us-east-1' });
    pool = new CognitoPool({
      client,
      userPoolId: cognito.env['COGNITO_USER_POOL_ID'] ?? '',
      clientId: cognito.env['COGNITO_CLIENT_ID'] ?? '',
      clientSecret: undefined,
      authFlow: 'password',
    });
  });
  afterAll(async () => {
    client.destroy();
    await onPool.stop();
    await cognito.stop();
    await auth.stop();
  });

  const lineOf = async ({ id }: Profile): Promise<string> =>
    (await linesOf(own)).find((line) => line.includes(`"${id}"`)) ?? '';

  it('S25: keep their password hashes from one store of their own to another', async () => {
    const profile = await auth.customer();
    await auth.database.query(ROLES, [profile.id, ['analyst', 'customer']]);
    const line = await lineOf(profile);
    await auth.database.query(FORGET, [profile.id]);
    expect((await auth.login(profile.email)).status).toBe(401);

    const report = await load(own, [line]);

    expect(report).toMatchObject({ imported: 1, exists: 0, refused: 0 });
    expect((await auth.login(profile.email, PASSWORD)).status).toBe(200);
    expect(JSON.parse(await lineOf(profile))).toEqual(JSON.parse(line));
  });

  it('change nobody who is there, however often an import runs, and nothing at all in a dry run', async () => {
    const profile = await auth.customer();
    const line = await lineOf(profile);
    const other = { ...(JSON.parse(line) as TransferredUser), id: randomUUID(), email: `${randomUUID()}@example.com` };
    const lines = [line, JSON.stringify(other), line];

    const dry = await load(own, lines, true);
    expect(await linesOf(own)).not.toContainEqual(expect.stringContaining(other.id));
    const real = await load(own, lines);

    expect(dry).toMatchObject({ imported: 1, exists: 2, refused: 0 });
    expect(real).toMatchObject({ imported: 1, exists: 2, refused: 0, seen: [1, 2, 3] });
    expect(await load(own, lines)).toMatchObject({ imported: 0, exists: 3 });
  });

  it('are refused line by line, with the reason and no more of the line', async () => {
    const good = JSON.parse(await lineOf(await auth.customer())) as TransferredUser;
    const bad = ['{"id":', JSON.stringify({ ...good, roles: ['root'] }), JSON.stringify({ ...good, secret: 'x' }), ''];

    const { refused, faults } = await load(own, bad);

    expect(refused).toBe(3);
    expect(faults.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(JSON.stringify(faults)).not.toContain(good.email);
  });

  it('go into a user pool with their groups and ids, and set a password by mail', async () => {
    const profile = await auth.customer();
    await auth.database.query(ROLES, [profile.id, ['admin']]);
    const users = new PoolUsers(pool);

    const line = await lineOf(profile);
    expect(await load(users, [line], true)).toMatchObject({ imported: 1 });
    expect(await load(users, [line])).toMatchObject({ imported: 1 });
    expect(await load(users, [line])).toMatchObject({ exists: 1 });

    expect(await onPool.login(profile.email)).toMatchObject({ status: 401 });
    await onPool.call('/auth/password/forgot', { body: { email: profile.email } });
    const code = await cognito.codeFor(profile.email);
    const newPassword = 'a quite different and lengthy phrase';
    await onPool.call('/auth/password/reset', { body: { email: profile.email, code, newPassword } });
    expect((await onPool.login(profile.email, newPassword)).status).toBe(200);
    const [exported] = (await linesOf(users)).map((text) => JSON.parse(text) as TransferredUser);
    expect(exported).toMatchObject({ id: profile.id, email: profile.email, roles: ['admin'], emailVerified: true });
    expect(exported).not.toHaveProperty('passwordHash');
  });

  it('come out of a user pool without a password, and into a store of their own by mail', async () => {
    const line = JSON.stringify({
      ...(JSON.parse(await lineOf(await auth.customer())) as TransferredUser),
      id: randomUUID(),
      email: `${randomUUID()}@example.com`,
      passwordHash: undefined,
    });
    const { email } = JSON.parse(line) as TransferredUser;

    expect(await load(own, [line])).toMatchObject({ imported: 1 });

    expect((await auth.login(email)).status).toBe(401);
  });
});

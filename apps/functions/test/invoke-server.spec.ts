import { type Server, createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeServiceKey } from '@lethe/identity';
import { AuthAccounts } from '../src/user-pool/auth-accounts.js';
import { loadFunctions } from '../src/functions.js';
import { createInvokeServer, listen } from '../src/invoke-server.js';
import { migrateUser, migrationEventSchema } from '../src/user-pool/migrate-user.js';

const EVENT = {
  triggerSource: 'UserMigration_Authentication',
  userName: 'ada@example.com',
  request: { password: 'a password' },
  response: {},
};
const ACCOUNT = { id: '01981c6e-0000-7000-8000-000000000001', email: EVENT.userName, name: 'Ada', emailVerified: true };

describe('the local server of the functions', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** The functions, with an auth that answers so. */
  async function start(status: number, body: object, headers: Record<string, string> = {}): Promise<string> {
    const auth = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization?.split(' ')[0]}`);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
    const AUTH_URL = `http://127.0.0.1:${await listen(auth, 0, '127.0.0.1')}`;
    const SERVICE_KEY = JSON.stringify(makeServiceKey('functions').privateJwk);
    const accounts = new AuthAccounts({ AUTH_URL, SERVICE_KEY });
    const server = createInvokeServer({
      ...loadFunctions(),
      'lethe-migrate-user': (event) => migrateUser(migrationEventSchema.parse(event), accounts),
    });
    servers.push(auth, server);
    return `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}/2015-03-31/functions`;
  }
  const seen: string[] = [];
  async function invoke(url: string, name: string, event: object = EVENT) {
    const response = await fetch(`${url}/${name}/invocations`, { method: 'POST', body: JSON.stringify(event) });
    return {
      status: response.status,
      fault: response.headers.get('x-amz-function-error'),
      body: await response.json(),
    };
  }

  it('S40: invokes a function, which asks auth with a token of its own', async () => {
    const answer = await invoke(await start(200, ACCOUNT), 'lethe-migrate-user');

    expect(answer).toMatchObject({ status: 200, fault: null, body: { response: { finalUserStatus: 'CONFIRMED' } } });
    expect(seen).toEqual(['POST /auth/internal/accounts/authenticate Bearer']);
  });

  it.each([
    ['a wrong password', 401, {}, 'NotMovedError'],
    ['too many wrong passwords', 429, {}, 'NotMovedError'],
    [
      'a service token that is not known',
      401,
      { 'www-authenticate': 'Bearer error="invalid_token"' },
      'AuthUnavailableError',
    ],
    ['an outage', 503, {}, 'AuthUnavailableError'],
  ])('answers %s as Lambda answers a function that threw', async (_what, status, headers, errorType) => {
    const answer = await invoke(await start(status, {}, headers), 'lethe-migrate-user');

    expect(answer).toMatchObject({ status: 200, fault: 'Unhandled', body: { errorType } });
    expect(JSON.stringify(answer.body)).not.toContain('a password');
  });

  it('loads a function when it is first invoked', async () => {
    const event = { ...EVENT, request: { userAttributes: { 'custom:account_id': 'an-account' } } };
    const answer = await invoke(await start(200, ACCOUNT), 'lethe-add-claims', event);

    expect(answer.body).toMatchObject({
      response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: expect.anything() } },
    });
  });

  it('R11: takes no event that Lambda would not take', async () => {
    const url = await start(200, ACCOUNT);
    const body = JSON.stringify('x'.repeat(6 * 1024 * 1024));

    const refused = await fetch(`${url}/lethe-add-claims/invocations`, { method: 'POST', body }).then(
      ({ status }) => status,
      () => 'closed',
    );

    expect([413, 'closed']).toContain(refused);
  });

  it('knows no other function', async () => {
    expect((await invoke(await start(200, ACCOUNT), 'toString')).status).toBe(404);
  });
});

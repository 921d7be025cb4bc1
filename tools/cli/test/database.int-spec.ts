import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { prepareDatabase } from '@lethe/database';
import pg from 'pg';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { clientConfig } from '@lethe/aws';
import { z } from 'zod';
import { DataApiAdministrator } from '../src/database/data-api.js';
import { run } from '../src/run.js';

const server = new URL(process.env['LETHE_POSTGRES_URL'] ?? '');
const names: string[] = [];
const name = (): string => {
  const made = `service_${randomUUID().replaceAll('-', '')}`;
  names.push(made);
  return made;
};
const onServer = async (text: string, database = 'postgres', user = server.username, password = server.password) => {
  const url = new URL(server);
  [url.pathname, url.username, url.password] = [`/${database}`, user, password];
  const client = new pg.Client({ connectionString: url.href });
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
};

afterEach(async () => {
  for (const made of names.splice(0)) {
    await onServer(`DROP DATABASE IF EXISTS ${made} WITH (FORCE)`);
    await onServer(`DROP ROLE IF EXISTS ${made}`);
  }
});

async function lethe(args: readonly string[], env: NodeJS.ProcessEnv) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(
    args,
    { env, cwd: '/' },
    {
      out: { write: (text: string | Uint8Array) => out.push(String(text)) > 0 },
      err: { isTTY: false, write: (text: string | Uint8Array) => err.push(String(text)) > 0 },
    },
  );
  return { code, out: out.join(''), err: err.join('') };
}

describe('lethe database prepare', () => {
  it('makes databases and users by a connection, with the passwords of the environment', async () => {
    const [one, other] = [name(), name()];
    const env = {
      DATABASE_ADMIN_URL: server.href,
      DATABASE_PASSWORDS: JSON.stringify({ [one]: 'first', [other]: 'second' }),
    };

    const ran = await lethe(['database', 'prepare', one, other, '--json'], env);

    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(ran.out)).toEqual({
      prepared: [one, other].map((made) => ({ name: made, database: 'created' })),
    });
    expect(await onServer('SELECT session_user::text AS who', one, one, 'first')).toEqual([{ who: one }]);
    await expect(onServer('SELECT 1', other, one, 'first')).rejects.toThrow('permission denied');
  });

  it.each([
    ['no server', {}, 'set DATABASE_ADMIN_URL'],
    ['no password of a service', { DATABASE_ADMIN_URL: server.href }, 'DATABASE_PASSWORDS has none for nobody'],
    ['no list of passwords', { DATABASE_PASSWORDS: 'secret' }, 'DATABASE_PASSWORDS must be JSON'],
    ['no secret of the cluster', { DATABASE_CLUSTER_ARN: 'arn:cluster' }, '--secret-arn'],
    [
      'no region of the cluster',
      { DATABASE_CLUSTER_ARN: 'arn:cluster', DATABASE_ADMIN_SECRET_ARN: 'arn:secret' },
      'set AWS_REGION',
    ],
    [
      'a password that is wrong',
      {
        DATABASE_ADMIN_URL: `postgres://postgres:secret@${server.host}/postgres`,
        DATABASE_PASSWORDS: '{"nobody":"x"}',
      },
      'nobody: the database cannot be reached: error: password authentication failed',
    ],
  ])('says in a line that there is %s, and no secret', async (_, env, fault) => {
    const ran = await lethe(['database', 'prepare', 'nobody'], env);

    expect(ran.code).toBe(1);
    expect(ran.err).toContain(fault);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.err).not.toMatch(/:secret|"secret"/);
  });
});

const call = z.object({
  resourceArn: z.literal('arn:cluster'),
  secretArn: z.literal('arn:secret'),
  database: z.string(),
  sql: z.string(),
  formatRecordsAs: z.literal('JSON'),
});

/** The Data API, as far as it is used: each statement by itself, on the embedded server. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { database, sql } = call.parse(await json(request));
  response.setHeader('content-type', 'application/json');
  try {
    const rows = await onServer(sql, database);
    response.end(JSON.stringify(rows.length === 0 ? {} : { formattedRecords: JSON.stringify(rows) }));
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    response.writeHead(400, { 'x-amzn-errortype': 'DatabaseErrorException' });
    response.end(JSON.stringify({ message: `ERROR: ${error.message}; SQLState: ${error.code}` }));
  }
}

describe('an administrator by the Data API', () => {
  let api: Server;
  let client: RDSDataClient;
  beforeAll(async () => {
    await onServer('CREATE ROLE rds_iam');
    api = createServer((request, response) => void answer(request, response));
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const address = api.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const credentials = { accessKeyId: 'of-a-test', secretAccessKey: 'of-a-test' };
    client = new RDSDataClient({ ...clientConfig({ region: 'eu-west-1' }), endpoint, credentials });
  });
  afterAll(async () => {
    client.destroy();
    api.close();
    await once(api, 'close');
    await onServer('DROP ROLE rds_iam');
  });

  it('S57: makes a user that signs in by tokens, also where it runs again or twice at once', async () => {
    const admin = new DataApiAdministrator(client, { clusterArn: 'arn:cluster', secretArn: 'arn:secret' });
    const made = name();
    const prepare = () => prepareDatabase(admin, { name: made, signIn: { by: 'iam' } });

    const both = await Promise.all([prepare(), prepare()]);

    expect(both.map(({ database }) => database).toSorted()).toEqual(['created', 'unchanged']);
    expect(await prepare()).toEqual({ name: made, database: 'unchanged' });
    expect(
      await onServer(`SELECT rolpassword, pg_has_role('${made}', 'rds_iam', 'MEMBER') AS member
        FROM pg_authid WHERE rolname = '${made}'`),
    ).toEqual([{ rolpassword: null, member: true }]);
  });

  it('tells what Postgres refused', async () => {
    const admin = new DataApiAdministrator(client, { clusterArn: 'arn:cluster', secretArn: 'arn:secret' });

    await expect(admin.run('postgres', 'SELECT 1 / 0')).rejects.toMatchObject({
      name: 'DatabaseError',
      sqlState: '22012',
    });
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { startCloud } from '@lethe/local-cloud';
import { Sessions, type SessionStore, dynamoSessionStore, valkeySessionStore } from '@lethe/sessions';
import { LetheExpressStore } from '@lethe/sessions/express';
import { Valkey } from '@lethe/valkey';
import connectDynamodb from 'connect-dynamodb';
import { RedisStore } from 'connect-redis';
import session, { type SessionData, type Store } from 'express-session';
import { createClient } from 'redis';
import type { SuitePart, PartRow, MeasuredBound, PartReport } from '../report/part-report.js';
import { type SideBySide, type SideContender, sideBySide } from '../measure/side-by-side.js';

const HOW = `What every request to a signed-in user's session costs: it is read, and its idle time begins anew. One process, sixteen
requests under way, 200 sessions of some 500 bytes, the contenders in turn and slice by slice; a bound compares within
the rounds. The servers are a Redis or Valkey and the embedded DynamoDB (dynalite) on the same machine. A store of
express-session is asked as that asks it, \`get\` and then \`touch\`; \`Sessions\` does both in one step. With
\`touchEverySeconds: 60\`, which DynamoDB's prices ask for, ours write once a minute; connect-dynamodb can only write each
time, and connect-redis each time or never. On DynamoDB ours goes by the lean transport of @lethe/aws, theirs by the SDK
as it is. Where our store for express-session touches each time, it takes as many
steps as theirs, and pays for what they leave out: ends to the millisecond that move forward only, ids as hashes,
parallel saves that keep each other's keys. Its touch is a script, which takes some 8 µs of a Redis or Valkey where
EXPIRE takes one, and has no bound here: with sixteen requests on one connection the server's time adds to the client's.`;

const SESSIONS = 200;
const HOUR_SECONDS = 3_600;
const TABLE = 'bench-sessions';
const THEIR_TABLE = 'bench-connect-dynamodb';

const named = (place: 'Valkey' | 'DynamoDB') => ({
  peer: place === 'Valkey' ? 'connect-redis' : 'connect-dynamodb',
  express: `@lethe/sessions/express on ${place}`,
  lazyExpress: `@lethe/sessions/express on ${place}, touched once a minute`,
  own: `@lethe/sessions on ${place}`,
  lazy: `@lethe/sessions on ${place}, touched once a minute`,
});

/** What a session of a shop holds, some 500 bytes of JSON. */
function shopSession(): SessionData & Record<string, unknown> {
  const cookie = new session.Cookie();
  cookie.maxAge = HOUR_SECONDS * 1_000;
  const items = Array.from({ length: 6 }, (_, at) => ({
    sku: `sku-${at}-${randomBytes(6).toString('hex')}`,
    quantity: at,
  }));
  return { cookie, user: 'b6f1c1c0-0000-7000-8000-000000000000', items, csrf: randomBytes(18).toString('base64url') };
}

/** Asks a store of express-session as that does for a request that changes nothing. */
async function throughExpress(store: Store): Promise<() => Promise<void>> {
  const sids = Array.from({ length: SESSIONS }, () => randomBytes(24).toString('base64url'));
  for (const sid of sids) {
    await new Promise<void>((resolve, reject) => {
      store.set(sid, shopSession(), (error?: unknown) => (error ? reject(error) : resolve()));
    });
  }
  let turn = 0;
  return async () => {
    const sid = sids[(turn += 1) % SESSIONS] ?? '';
    const found = await new Promise<SessionData>((resolve, reject) => {
      store.get(sid, (error, data) => (data ? resolve(data) : reject(error ?? new Error(`${sid} is gone`))));
    });
    // express-session resets the cookie's end for every request before it touches.
    const cookie = new session.Cookie();
    cookie.maxAge = HOUR_SECONDS * 1_000;
    found.cookie = cookie;
    await new Promise<void>((resolve) => {
      store.touch?.(sid, found, () => resolve());
    });
  };
}

async function throughSessions(store: SessionStore, touchEverySeconds = 0): Promise<() => Promise<void>> {
  const sessions = new Sessions({
    store,
    idleSeconds: HOUR_SECONDS,
    absoluteSeconds: 12 * HOUR_SECONDS,
    touchEverySeconds,
  });
  const opened = await Promise.all(
    Array.from({ length: SESSIONS }, () => sessions.open({ ...shopSession(), cookie: undefined })),
  );
  let turn = 0;
  return async () => {
    const { token = '' } = opened[(turn += 1) % SESSIONS] ?? {};
    if ((await sessions.find(token)) === undefined) throw new Error('a session is gone');
  };
}

async function ours(store: SessionStore, names: ReturnType<typeof named>): Promise<SideContender[]> {
  return [
    { name: names.express, operation: await throughExpress(new LetheExpressStore({ store })) },
    {
      name: names.lazyExpress,
      operation: await throughExpress(new LetheExpressStore({ store, touchEverySeconds: 60 })),
    },
    { name: names.own, operation: await throughSessions(store) },
    { name: names.lazy, operation: await throughSessions(store, 60) },
  ];
}

/** The bound of one way to keep sessions, to the store that express applications use there. */
function boundOf(found: SideBySide, name: string, peer: string, atLeast: number): MeasuredBound {
  const claim = `Sessions read and touched per second by ${name}, to ${peer}`;
  return { claim, unit: '×', atLeast, measured: found.speedOf(name, peer) };
}

interface Found {
  readonly rows: readonly PartRow[];
  readonly bounds: readonly MeasuredBound[];
}

/** Valkey or Redis. */
async function onValkey(
  url: string,
  run: (contenders: readonly SideContender[]) => Promise<SideBySide>,
): Promise<Found> {
  const client = createClient({ url });
  const valkey = new Valkey({ url, timeoutMs: 5_000 });
  await Promise.all([client.connect(), valkey.connect()]);
  try {
    const names = named('Valkey');
    const peer = { name: names.peer, operation: await throughExpress(new RedisStore({ client })) };
    const found = await run([peer, ...(await ours(valkeySessionStore({ valkey }), names))]);
    const bounded = [names.lazyExpress, names.own, names.lazy];
    return { rows: found.rows, bounds: bounded.map((name) => boundOf(found, name, names.peer, 0.9)) };
  } finally {
    await Promise.all([client.close(), valkey.close()]);
  }
}

async function onDynamodb(
  region: string,
  run: (contenders: readonly SideContender[]) => Promise<SideBySide>,
): Promise<Found> {
  // A client of the SDK as it is: what users of connect-dynamodb have.
  const [clients, theirs] = [createClients({ region }), createClients({ region, transport: 'sdk' })];
  try {
    for (const name of [TABLE, THEIR_TABLE]) await provisionTable({ name, partitionKey: 'id' }, clients.dynamodb);
    const names = named('DynamoDB');
    const DynamoStore = connectDynamodb(session);
    const store = new DynamoStore({ client: theirs.dynamodb, table: THEIR_TABLE, initialized: true });
    const peer = { name: names.peer, operation: await throughExpress(store) };
    const found = await run([peer, ...(await ours(dynamoSessionStore({ clients, table: TABLE }), names))]);
    const bounded = [names.lazyExpress, names.lazy];
    return { rows: found.rows, bounds: bounded.map((name) => boundOf(found, name, names.peer, 2)) };
  } finally {
    clients.close();
    theirs.close();
  }
}

/** Sessions outside the process, beside the stores that express applications use. */
export const sessionsPart: SuitePart = {
  name: 'sessions',
  run: async (extent): Promise<PartReport> => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lethe-bench-sessions-'));
    const cloud = await startCloud({ dataDir });
    try {
      Object.assign(process.env, cloud.env);
      const run = (contenders: readonly SideContender[]) => sideBySide(contenders, extent);
      const url = cloud.env['VALKEY_URL'];
      const valkey = url === undefined ? { rows: [], bounds: [] } : await onValkey(url, run);
      const dynamodb = await onDynamodb(cloud.env['AWS_REGION'] ?? '', run);
      return {
        title: 'Sessions',
        how: url === undefined ? `${HOW} This machine had no Valkey or Redis.` : HOW,
        rows: [...valkey.rows, ...dynamodb.rows],
        bounds: [...valkey.bounds, ...dynamodb.bounds],
      };
    } finally {
      await cloud.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

import assert from 'node:assert/strict';

/** What a route answered. */
export interface KeyedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Which of two users sends, and with what key. */
export interface KeyedSender {
  readonly key?: string;
  readonly user: 'one' | 'two';
}

/** A request that the route has not seen yet, so that each check begins anew. */
export interface KeyedCase {
  /** Bodies that it takes, and one that it refuses. */
  readonly bodies: Readonly<Record<'good' | 'other' | 'bad', unknown>>;
  readonly send: (body: unknown, by: KeyedSender) => Promise<KeyedAnswer>;
  /** How often its effect has happened. */
  readonly effects: () => Promise<number>;
}

/** A route that runs once per key, on the service as it is, with its keys on Postgres. */
export interface KeyedRoute {
  readonly route: string;
  readonly required: boolean;
  /** Its status where it does what it is asked. */
  readonly success: number;
  readonly begin: () => Promise<KeyedCase>;
  /** Runs SQL on the database of the service. */
  readonly sql: (text: string) => Promise<unknown>;
}

interface Check {
  readonly title: string;
  readonly prove: (route: KeyedRoute, given: KeyedCase) => Promise<void>;
}

const ONE = { user: 'one', key: 'k-1' } as const;
const TWO = { user: 'two', key: 'k-1' } as const;
const isReplay = ({ headers }: KeyedAnswer): boolean => headers['idempotency-replayed'] === 'true';

/** The rows of keys on their way into the table meet this. */
const obstacle = (timing: string, body: string): string => `
  CREATE FUNCTION key_obstacle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NEW; END $$;
  CREATE ${timing} ON idempotency_key FOR EACH ROW EXECUTE FUNCTION key_obstacle()`;
const CLEAR = 'DROP TRIGGER key_obstacle ON idempotency_key; DROP FUNCTION key_obstacle()';

async function failsWhile(before: string, after: string, { sql }: KeyedRoute, given: KeyedCase): Promise<void> {
  await sql(before);
  let failed: KeyedAnswer;
  try {
    failed = await given.send(given.bodies.good, ONE);
  } finally {
    await sql(after);
  }
  // 409: whoever died has not let go yet.
  assert.ok(failed.status >= 500 || failed.status === 409, `answered ${failed.status}`);
  assert.equal(await given.effects(), 0);
}

async function failsAndThenRuns(before: string, after: string, route: KeyedRoute, given: KeyedCase): Promise<void> {
  await failsWhile(before, after, route, given);
  let retried = await given.send(given.bodies.good, ONE);
  for (let tries = 1; retried.status === 409 && tries < 100; tries += 1)
    retried = await given.send(given.bodies.good, ONE);
  assert.deepEqual([retried.status, isReplay(retried), await given.effects()], [route.success, false, 1]);
}

/** What the contract (I1 to I12, I14) asks of every route with a key; I13 is of methods that have none. */
export const keyContract: readonly Check[] = [
  {
    title: 'I1: without a key is refused, or runs unprotected where none is required',
    prove: async ({ required, success }, { send, bodies, effects }) => {
      const { status } = await send(bodies.good, { user: 'one' });
      assert.deepEqual([status, await effects()], required ? [400, 0] : [success, 1]);
    },
  },
  {
    title: 'I2: refuses a key that is none, and does nothing',
    prove: async (_, { send, bodies, effects }) => {
      for (const key of ['k'.repeat(256), 'a b', '""'])
        assert.equal((await send(bodies.good, { user: 'one', key })).status, 400);
      assert.equal(await effects(), 0);
    },
  },
  {
    title: 'I3, I4, I10: runs once, and says the same to whoever asks again',
    prove: async ({ success }, { send, bodies, effects }) => {
      const first = await send(bodies.good, ONE);
      const again = await send(bodies.good, ONE);
      assert.deepEqual([first.status, isReplay(first)], [success, false]);
      assert.deepEqual([again.status, again.body, isReplay(again)], [success, first.body, true]);
      for (const name of ['location', 'etag']) assert.equal(again.headers[name], first.headers[name]);
      assert.equal(await effects(), 1);
    },
  },
  {
    title: 'I5: refuses the key of another request',
    prove: async (_, { send, bodies, effects }) => {
      await send(bodies.good, ONE);
      assert.equal((await send(bodies.other, ONE)).status, 422);
      assert.equal(await effects(), 1);
    },
  },
  {
    title: 'I6: runs once of many at once',
    prove: async ({ success }, { send, bodies, effects }) => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(bodies.good, ONE)));
      const done = answers.filter((answer) => answer.status === success && !isReplay(answer));
      const others = answers.filter((answer) => answer.status !== 409 && answer.status !== success);
      assert.deepEqual([done.length, others.length, await effects()], [1, 0, 1]);
    },
  },
  {
    title: 'I7: does not keep what it refuses',
    prove: async ({ success }, { send, bodies, effects }) => {
      const refused = await send(bodies.bad, ONE);
      assert.ok(refused.status >= 400 && refused.status < 500, `answered ${refused.status}`);
      assert.equal((await send(bodies.good, ONE)).status, success);
      assert.equal(await effects(), 1);
    },
  },
  {
    title: 'I8: leaves nothing where the commit fails, key and effect being one',
    prove: (route, given) => {
      const timing = 'CONSTRAINT TRIGGER key_obstacle AFTER INSERT';
      const late = obstacle(timing, `RAISE EXCEPTION 'no commit'`).replace(
        'ON idempotency_key FOR',
        'ON idempotency_key DEFERRABLE INITIALLY DEFERRED FOR',
      );
      return failsAndThenRuns(late, CLEAR, route, given);
    },
  },
  {
    title: 'I9: runs again at once what died at work',
    prove: (route, given) => {
      const death = 'PERFORM pg_terminate_backend(pg_backend_pid())';
      return failsAndThenRuns(obstacle('TRIGGER key_obstacle BEFORE INSERT', death), CLEAR, route, given);
    },
  },
  {
    title: 'I11: forgets a key in time',
    prove: async ({ success, sql }, { send, bodies }) => {
      await send(bodies.good, ONE);
      await sql('UPDATE idempotency_key SET expires_at = now()');
      const anew = await send(bodies.other, ONE);
      assert.deepEqual([anew.status, isReplay(anew)], [success, false]);
    },
  },
  {
    title: 'I12: keeps the keys of others apart',
    prove: async ({ success }, { send, bodies }) => {
      await send(bodies.good, ONE);
      const theirs = await send(bodies.other, TWO);
      assert.deepEqual([theirs.status, isReplay(theirs)], [success, false]);
    },
  },
  {
    title: 'I14: does nothing where keys cannot be kept',
    prove: (route, given) =>
      failsWhile(
        'ALTER TABLE idempotency_key RENAME TO away',
        'ALTER TABLE away RENAME TO idempotency_key',
        route,
        given,
      ),
  },
];

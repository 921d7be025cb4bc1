import { Database, type Tx, migrate, statement } from '@lethe/database';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { uuidv7 } from '@lethe/kernel';
import { IdempotencyKeys } from '../src/idempotency-keys.js';
import { idempotencyMigrations } from '../src/idempotency.migration.js';
import { CLAIM_CTES, CLAIM_RESULT } from '../src/idempotency.sql.js';
import type { ClaimResult, ClaimValues } from '../src/idempotency-keys.js';
import type { IdempotentRequest } from '../src/idempotent-runs.js';
import type { StoredResponse } from '../src/stored-response.js';

export const BACKEND = statement('spec.backend', 'SELECT pg_backend_pid() AS pid');
const KILL = statement('spec.kill', 'SELECT pg_terminate_backend($1::int, 5000) AS killed');
export const EFFECT = statement('spec.effect', 'INSERT INTO effect (id) VALUES ($1)');
const EFFECTS = statement('spec.effects', 'SELECT count(*) AS n FROM effect');
const PLACE = statement(
  'spec.place',
  `WITH ${CLAIM_CTES},
   placed AS (INSERT INTO effect (id) SELECT $8::uuid FROM idempotency_claim RETURNING id)
   SELECT ${CLAIM_RESULT}`,
);

/** A migrated database whose table `effect` tells how often work was done. */
export class IdempotencyFixture {
  private constructor(
    readonly server: TestDatabase,
    readonly database: Database,
    /** For looking on, and for killing. */
    readonly operator: Database,
  ) {}

  static async create(): Promise<IdempotencyFixture> {
    const server = await testDatabase();
    const options = {
      url: server.url,
      service: 'spec',
      migrations: idempotencyMigrations,
      onIdleError: () => undefined,
    };
    await migrate(options);
    const [database, operator] = [new Database(options), new Database(options)];
    await Promise.all([database.open(), operator.open()]);
    await operator.dataSource.query('CREATE TABLE effect (id uuid PRIMARY KEY)');
    return new IdempotencyFixture(server, database, operator);
  }

  get keys(): IdempotencyKeys {
    return new IdempotencyKeys(this.database);
  }

  async effects(): Promise<number | undefined> {
    return (await this.operator.query<{ n: number }>(EFFECTS))[0]?.n;
  }

  async kill(tx: Tx): Promise<void> {
    const [row] = await tx.query<{ pid: number }>(BACKEND);
    await this.operator.query(KILL, [row?.pid]);
  }

  /** Work of one statement, with the claim of its key inside. */
  place(claim: ClaimValues, database: Database = this.database): Promise<ClaimResult | undefined> {
    return database.query<ClaimResult>(PLACE, [...claim, uuidv7()]).then(([result]) => result);
  }

  async clear(): Promise<void> {
    await this.operator.dataSource.query('TRUNCATE idempotency_key, effect');
  }

  async close(): Promise<void> {
    await Promise.all([this.database.close(), this.operator.close()]);
    await this.server.drop();
  }
}

/** Work that leaves a trace, and its answer. */
export async function work(tx: Tx): Promise<StoredResponse> {
  const id = uuidv7();
  await tx.query(EFFECT, [id]);
  return { status: 202, headers: { location: `/things/${id}` }, body: { id, lines: [1, 2], note: null } };
}

export function request(changes: Partial<IdempotentRequest> = {}): IdempotentRequest {
  return {
    scope: { principal: 'alice', method: 'POST', route: '/things' },
    key: 'key-1',
    fingerprint: 'f'.repeat(64),
    ...changes,
  };
}

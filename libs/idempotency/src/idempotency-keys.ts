import { type Database, type Querier, type Tx, deleteInBatches } from '@lethe/database';
import DataLoader from 'dataloader';
import { IdempotencyKeyInUseError, IdempotencyKeyReusedError } from './idempotency.errors.js';
import { LOCK, READ, READ_EACH, STORE, SWEEP } from './idempotency.sql.js';
import { IDEMPOTENCY_RETENTION_SECONDS, type IdempotentRequest, type IdempotentRuns } from './idempotent-runs.js';
import { scopeHash } from './scope-hash.js';
import type { IdempotentOutcome, StoredResponse } from './stored-response.js';

/** Parameters $1 to $7 of a statement with `CLAIM_CTES`. */
export type ClaimValues = readonly [
  lockKey: string,
  scopeHash: Buffer,
  fingerprint: string,
  status: number,
  headers: string,
  body: string,
  retentionSeconds: number,
];

/** The columns of `CLAIM_RESULT`. */
export interface ClaimResult {
  readonly held: boolean;
  readonly claimed: boolean;
}

interface KeyRow {
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The row was written by another after ours was not found; everything of ours is rolled back. */
class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
}

/**
 * Runs a request once per key (reliability I1-I14). The key's row is written in the transaction of the work: it exists
 * exactly if the work committed. With the store down nothing runs: the store is the database of the work (I14).
 */
export class IdempotencyKeys implements IdempotentRuns<Tx> {
  /** Requests that come in the same turn of the event loop are looked up by one statement. Nothing is kept. */
  readonly #known = new DataLoader<Buffer, KeyRow | undefined>((scopes) => this.#find(scopes), {
    cache: false,
    maxBatchSize: 100,
    batchScheduleFn: setImmediate,
  });

  constructor(
    private readonly database: Pick<Database, 'query' | 'transaction'>,
    private readonly retentionSeconds: number = IDEMPOTENCY_RETENTION_SECONDS,
  ) {}

  /**
   * Runs the work and remembers its answer, or gives the remembered one. Work that throws is rolled back and its key
   * is free again (I7, I8). Throws an {@link IdempotencyKeyInUseError} (409), an {@link IdempotencyKeyReusedError}
   * (422), what the work throws, and as `Database.transaction` does (503).
   */
  async run(request: IdempotentRequest, work: (tx: Tx) => Promise<StoredResponse>): Promise<IdempotentOutcome> {
    try {
      return await this.database.transaction((tx) => this.#runOnce(tx, request, work));
    } catch (error) {
      if (!(error instanceof ClaimLostError)) throw error;
      return this.#replayOrRefuse(this.database, request);
    }
  }

  /**
   * The same in one round trip, for work that is one statement whose answer is known beforehand. `execute` runs the
   * statement (see `CLAIM_CTES`), its first seven parameters being those given, and resolves with its `CLAIM_RESULT`.
   */
  async runStatement(
    request: IdempotentRequest,
    response: StoredResponse,
    execute: (claim: ClaimValues) => Promise<ClaimResult | undefined>,
  ): Promise<IdempotentOutcome> {
    const result = await execute(this.#claim(request, response));
    if (result?.claimed === true) return { response, replayed: false };
    return this.#replayOrRefuse(this.database, request);
  }

  /**
   * The remembered answer, if there is one, without claiming the key: so that a replay needs nothing that only the work
   * needs. Undefined says nothing about the next moment; `run` or `runStatement` decides. Throws an
   * {@link IdempotencyKeyReusedError} (422), and as `Database.query` does (503).
   */
  async replay(request: IdempotentRequest): Promise<IdempotentOutcome | undefined> {
    const row = await this.#known.load(scopeHash(request));
    return row === undefined ? undefined : replay(row, request);
  }

  /** Forgets expired keys in bounded batches; gives their number. Several replicas may do so at once. */
  sweep(): Promise<number> {
    return deleteInBatches(this.database, SWEEP, []);
  }

  async #find(scopes: readonly Buffer[]): Promise<(KeyRow | undefined)[]> {
    const rows = await this.database.query<KeyRow & { readonly scope: string }>(READ_EACH, [scopes]);
    const known = new Map(rows.map((row) => [row.scope, row]));
    return scopes.map((scope) => known.get(scope.toString('hex')));
  }

  async #runOnce(
    tx: Tx,
    request: IdempotentRequest,
    work: (tx: Tx) => Promise<StoredResponse>,
  ): Promise<IdempotentOutcome> {
    // Two statements in one round trip. The read must be a later statement than the lock: its snapshot is then taken
    // with the lock held, after the commit of whoever held it before.
    const scope = scopeHash(request);
    const [[lock], [row]] = await Promise.all([
      tx.query<{ held: boolean }>(LOCK, [lockKey(scope)]),
      tx.query<KeyRow>(READ, [scope]),
    ]);
    if (row !== undefined) return replay(row, request);
    if (lock?.held !== true) throw new IdempotencyKeyInUseError();
    const response = await work(tx);
    const [stored] = await tx.query<ClaimResult>(STORE, this.#claim(request, response));
    if (stored?.claimed !== true) throw new ClaimLostError();
    return { response, replayed: false };
  }

  /** Not ours: either it is answered already, or somebody is at it. */
  async #replayOrRefuse(querier: Querier, request: IdempotentRequest): Promise<IdempotentOutcome> {
    const [row] = await querier.query<KeyRow>(READ, [scopeHash(request)]);
    if (row === undefined) throw new IdempotencyKeyInUseError();
    return replay(row, request);
  }

  #claim(request: IdempotentRequest, { status, headers, body }: StoredResponse): ClaimValues {
    const scope = scopeHash(request);
    return [
      lockKey(scope),
      scope,
      request.fingerprint,
      status,
      JSON.stringify(headers ?? {}),
      JSON.stringify(body ?? null),
      this.retentionSeconds,
    ];
  }
}

function replay({ fingerprint, status, headers, body }: KeyRow, request: IdempotentRequest): IdempotentOutcome {
  if (fingerprint !== request.fingerprint) throw new IdempotencyKeyReusedError();
  return { response: { status, headers, body: JSON.parse(body) as unknown }, replayed: true };
}

/** 64 bits of the scope. Two scopes that share them cost each other a needless 409, nothing more. */
function lockKey(scope: Buffer): string {
  return scope.readBigInt64BE(0).toString();
}

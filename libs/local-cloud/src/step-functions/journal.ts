import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A state machine as it was last defined. */
export interface MachineRow {
  readonly name: string;
  readonly definition: string;
  readonly role: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly created_at: number;
  readonly revision: string;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution. It runs to its end by the definition that it was started with. */
export interface ExecutionRow {
  readonly id: number;
  readonly machine: string;
  readonly name: string;
  readonly definition: string;
  readonly input: string;
  readonly status: ExecutionStatus;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  readonly started_at: number;
  readonly stopped_at: number | null;
}

/** What came of a task, or when a wait ends: everything from outside that a run of an execution depends on. */
export interface Outcome {
  readonly kind: 'result' | 'error' | 'wait';
  readonly body: string;
}

/** What is written when a task has ended: its outcome, and the events up to it. */
export interface OutcomeEntry extends Outcome {
  readonly execution: number;
  readonly key: string;
  readonly occurrence: number;
}

/** How an execution ended. */
export interface Ending {
  readonly status: ExecutionStatus;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS machine (
    name TEXT PRIMARY KEY, definition TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL,
    revision TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS definition (hash TEXT PRIMARY KEY, text TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS execution (
    id INTEGER PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, input TEXT NOT NULL,
    status TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, started_at INTEGER NOT NULL, stopped_at INTEGER,
    wake_at INTEGER, UNIQUE (machine, name));
  CREATE INDEX IF NOT EXISTS execution_due ON execution (wake_at) WHERE status = 'RUNNING';
  CREATE INDEX IF NOT EXISTS execution_status ON execution (machine, status);
  CREATE TABLE IF NOT EXISTS outcome (
    execution INTEGER NOT NULL, key TEXT NOT NULL, occurrence INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (execution, key, occurrence)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event (
    execution INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (execution, n)) WITHOUT ROWID;`;

/** Names can be used again after 90 days, as on AWS. */
const KEPT_MS = 90 * 86_400_000;

/**
 * What the runner must not forget, in SQLite: a commit is in the hands of the operating system before the caller goes on,
 * so it outlives a SIGKILL of this process.
 */
export class Journal {
  readonly #db: DatabaseSync;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.#db = new DatabaseSync(join(dataDir, 'executions.sqlite'));
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -2000');
    this.#db.exec(SCHEMA);
    this.#prune(Date.now() - KEPT_MS);
    // Those that a runner before this one had in its hands.
    this.#db.exec(`UPDATE execution SET wake_at = started_at WHERE status = 'RUNNING' AND wake_at IS NULL`);
  }

  #prune(before: number): void {
    const old = `(SELECT id FROM execution WHERE stopped_at < ${before})`;
    for (const table of ['outcome', 'event']) this.#db.exec(`DELETE FROM ${table} WHERE execution IN ${old}`);
    this.#db.exec(`DELETE FROM execution WHERE stopped_at < ${before}`);
  }

  machine(name: string): MachineRow | undefined {
    return this.#rows<MachineRow>('SELECT * FROM machine WHERE name = ?', name)[0];
  }

  machines(): MachineRow[] {
    return this.#rows<MachineRow>('SELECT * FROM machine ORDER BY name');
  }

  saveMachine({ name, definition, role, created_at, revision }: MachineRow): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO machine (name, definition, role, created_at, revision) VALUES (?, ?, ?, ?, ?)')
      .run(name, definition, role, created_at, revision);
    this.#db.prepare('INSERT OR IGNORE INTO definition (hash, text) VALUES (?, ?)').run(revision, definition);
  }

  removeMachine(name: string): void {
    this.#db.prepare('DELETE FROM machine WHERE name = ?').run(name);
  }

  definition(hash: string): string {
    return this.#rows<{ text: string }>('SELECT text FROM definition WHERE hash = ?', hash)[0]?.text ?? '{}';
  }

  execution(machine: string, name: string): ExecutionRow | undefined {
    return this.#rows<ExecutionRow>('SELECT * FROM execution WHERE machine = ? AND name = ?', machine, name)[0];
  }

  /** Newest first, those of `status` where it is given, below the id `before`. */
  executions(machine: string, status: string | undefined, before: number, limit: number): ExecutionRow[] {
    const of = status === undefined ? '' : 'AND status = ?4';
    const values = status === undefined ? [machine, before, limit] : [machine, before, limit, status];
    return this.#rows<ExecutionRow>(
      `SELECT * FROM execution WHERE machine = ?1 AND id < ?2 ${of} ORDER BY id DESC LIMIT ?3`,
      ...values,
    );
  }

  addExecution(machine: string, name: string, definition: string, input: string, at: number): void {
    this.#db
      .prepare(
        `INSERT INTO execution (machine, name, definition, input, status, started_at, wake_at)
         VALUES (?, ?, ?, ?, 'RUNNING', ?, ?)`,
      )
      .run(machine, name, definition, input, at, at);
  }

  /** Takes executions whose time has come, the longest due first. */
  takeDue(now: number, limit: number): ExecutionRow[] {
    return this.#rows<ExecutionRow>(
      `UPDATE execution SET wake_at = NULL WHERE id IN (
         SELECT id FROM execution WHERE status = 'RUNNING' AND wake_at <= ? ORDER BY wake_at LIMIT ?) RETURNING *`,
      now,
      limit,
    );
  }

  /** When the next execution is due. */
  nextWake(): number | undefined {
    const [row] = this.#rows<{ at: number | null }>(
      `SELECT min(wake_at) AS at FROM execution WHERE status = 'RUNNING'`,
    );
    return row?.at ?? undefined;
  }

  suspend(id: number, until: number): void {
    this.#db.prepare(`UPDATE execution SET wake_at = ? WHERE id = ? AND status = 'RUNNING'`).run(until, id);
  }

  /** Ends an execution that runs; whether it was running. */
  end(id: number, { status, output, error, cause }: Ending, at: number): boolean {
    const { changes } = this.#db
      .prepare(
        `UPDATE execution SET status = ?, output = ?, error = ?, cause = ?, stopped_at = ?, wake_at = NULL
         WHERE id = ? AND status = 'RUNNING'`,
      )
      .run(status, output ?? null, error ?? null, cause ?? null, at, id);
    return changes > 0;
  }

  outcomes(execution: number): OutcomeEntry[] {
    return this.#rows<OutcomeEntry>('SELECT * FROM outcome WHERE execution = ?', execution);
  }

  addOutcome({ execution, key, occurrence, kind, body }: OutcomeEntry): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO outcome (execution, key, occurrence, kind, body) VALUES (?, ?, ?, ?, ?)')
      .run(execution, key, occurrence, kind, body);
  }

  countEvents(execution: number): number {
    return this.#rows<{ n: number }>('SELECT count(*) AS n FROM event WHERE execution = ?', execution)[0]?.n ?? 0;
  }

  /** Events after the first `from`, the newest first where `reverse`. */
  events(execution: number, from: number, limit: number, reverse: boolean): { n: number; body: string }[] {
    return this.#rows(
      `SELECT n, body FROM event WHERE execution = ? ORDER BY n ${reverse ? 'DESC' : 'ASC'} LIMIT ? OFFSET ?`,
      execution,
      limit,
      from,
    );
  }

  addEvent(execution: number, n: number, body: string): void {
    this.#db.prepare('INSERT OR IGNORE INTO event (execution, n, body) VALUES (?, ?, ?)').run(execution, n, body);
  }

  /** All of it or nothing. */
  atomically(work: () => void): void {
    this.#db.exec('BEGIN');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #rows<Row>(sql: string, ...values: readonly (string | number)[]): Row[] {
    return this.#db.prepare(sql).all(...values) as Row[];
  }
}

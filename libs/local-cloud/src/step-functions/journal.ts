import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** A state machine as it was last defined. */
export interface MachineRow {
  readonly name: string;
  readonly role: string;
  /** Milliseconds since the epoch, as all times here. */
  readonly created_at: number;
  /** Names its definition. */
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

/** Work that waits for the next commit. */
interface Waiting {
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS machine (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, created_at INTEGER NOT NULL, revision TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS definition (hash TEXT PRIMARY KEY, text TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS execution (
    id INTEGER PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, input TEXT NOT NULL,
    status TEXT NOT NULL, output TEXT, error TEXT, cause TEXT, started_at INTEGER NOT NULL, stopped_at INTEGER,
    wake_at INTEGER, UNIQUE (machine, name));
  CREATE INDEX IF NOT EXISTS execution_due ON execution (wake_at) WHERE status = 'RUNNING';
  CREATE INDEX IF NOT EXISTS execution_status ON execution (machine, status, id);
  CREATE TABLE IF NOT EXISTS outcome (
    execution INTEGER NOT NULL, key TEXT NOT NULL, occurrence INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (execution, key, occurrence)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (
    execution INTEGER NOT NULL, last INTEGER NOT NULL, bodies TEXT NOT NULL, PRIMARY KEY (execution, last)) WITHOUT ROWID;`;

/** Names can be used again after 90 days, as on AWS. */
const KEPT_MS = 90 * 86_400_000;

/**
 * What the runner must not forget, in SQLite: a commit is in the hands of the operating system before the caller goes on,
 * so it outlives a SIGKILL of this process.
 */
export class Journal {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #waiting: Waiting[] = [];

  /** `careful`: what was committed outlives a crash of the machine as well, as far as the last checkpoint. */
  constructor(dataDir: string, careful: boolean) {
    mkdirSync(dataDir, { recursive: true });
    this.#db = new DatabaseSync(join(dataDir, 'executions.sqlite'));
    const synchronous = careful ? 'NORMAL' : 'OFF';
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -2000`);
    this.#db.exec(SCHEMA);
    this.#prune(Date.now() - KEPT_MS);
    // Those that a runner before this one had in its hands.
    this.#db.exec(`UPDATE execution SET wake_at = started_at WHERE status = 'RUNNING' AND wake_at IS NULL`);
  }

  #prune(before: number): void {
    const old = `(SELECT id FROM execution WHERE stopped_at < ${before})`;
    for (const table of ['outcome', 'events']) this.#db.exec(`DELETE FROM ${table} WHERE execution IN ${old}`);
    this.#db.exec(`DELETE FROM execution WHERE stopped_at < ${before}`);
  }

  machine(name: string): MachineRow | undefined {
    return this.#rows<MachineRow>('SELECT * FROM machine WHERE name = ?', name)[0];
  }

  machines(): MachineRow[] {
    return this.#rows<MachineRow>('SELECT * FROM machine ORDER BY name');
  }

  saveMachine({ name, role, created_at, revision }: MachineRow, definition: string): void {
    this.#run('INSERT OR IGNORE INTO definition (hash, text) VALUES (?, ?)', revision, definition);
    const sql = 'INSERT OR REPLACE INTO machine (name, role, created_at, revision) VALUES (?, ?, ?, ?)';
    this.#run(sql, name, role, created_at, revision);
  }

  removeMachine(name: string): void {
    this.#run('DELETE FROM machine WHERE name = ?', name);
  }

  /** By the revision of a machine, or of an execution. */
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
    const columns = '(machine, name, definition, input, status, started_at, wake_at)';
    const sql = `INSERT INTO execution ${columns} VALUES (?, ?, ?, ?, 'RUNNING', ?, ?)`;
    this.#run(sql, machine, name, definition, input, at, at);
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
    this.#run(`UPDATE execution SET wake_at = ? WHERE id = ? AND status = 'RUNNING'`, until, id);
  }

  /** Ends an execution that runs; whether it was running. */
  end(id: number, { status, output, error, cause }: Ending, at: number): boolean {
    const columns = 'status = ?, output = ?, error = ?, cause = ?, stopped_at = ?, wake_at = NULL';
    const sql = `UPDATE execution SET ${columns} WHERE id = ? AND status = 'RUNNING'`;
    return this.#run(sql, status, output ?? null, error ?? null, cause ?? null, at, id) > 0;
  }

  outcomes(execution: number): OutcomeEntry[] {
    return this.#rows<OutcomeEntry>('SELECT * FROM outcome WHERE execution = ?', execution);
  }

  addOutcome({ execution, key, occurrence, kind, body }: OutcomeEntry): void {
    const sql = 'INSERT OR IGNORE INTO outcome (execution, key, occurrence, kind, body) VALUES (?, ?, ?, ?, ?)';
    this.#run(sql, execution, key, occurrence, kind, body);
  }

  countEvents(execution: number): number {
    const sql = 'SELECT max(last) AS last FROM events WHERE execution = ?';
    return this.#rows<{ last: number | null }>(sql, execution)[0]?.last ?? 0;
  }

  /** All events, the oldest first, each as JSON. */
  events(execution: number): string[] {
    const sql = 'SELECT bodies FROM events WHERE execution = ? ORDER BY last';
    const chunks = this.#rows<{ bodies: string }>(sql, execution);
    return chunks.flatMap(({ bodies }) => JSON.parse(bodies) as string[]);
  }

  /** Adds events, of which the last is number `last`. */
  addEvents(execution: number, last: number, bodies: readonly string[]): void {
    this.#run(
      'INSERT OR IGNORE INTO events (execution, last, bodies) VALUES (?, ?, ?)',
      execution,
      last,
      JSON.stringify(bodies),
    );
  }

  /**
   * Has the work done with that of others who ask at the same time, in one commit, and waits for it: what is said once for
   * thirty executions costs little more than for one. The work must not fail.
   */
  soon(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const waiting = this.#waiting.splice(0);
    try {
      this.atomically(() => {
        for (const { work } of waiting) work();
      });
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      for (const { reject } of waiting) reject(error instanceof Error ? error : new Error(String(error)));
    }
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
    return this.#prepared(sql).all(...values) as Row[];
  }

  #run(sql: string, ...values: readonly (string | number | null)[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

import type { Database, Tx } from '@lethe/database';
import { fullJitter } from '@lethe/kernel';
import type { MessageDefinition } from '@lethe/topology';
import { PublishTimeoutError } from '../outbox.errors.js';
import { CLAIM, DELETE_SENT, MARK_FAILED, WALK_INDEXES } from '../outbox.sql.js';
import type { OutgoingMessage, Publisher } from './relay.options.js';

interface ClaimedRow {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly body: string;
  readonly traceparent: string | null;
  readonly attempts: number;
}

export interface BatchSettings {
  readonly batchSize: number;
  readonly publishTimeoutMs: number;
  readonly parkAfter: number;
}

export interface BatchOutcome {
  readonly sent: number;
  readonly failed: number;
  /** Whether there was more of the keys that were sent. */
  readonly more: boolean;
  /** Rows parked by this batch, with the error that did it. */
  readonly parked: readonly { readonly id: string; readonly type: string; readonly error: Error }[];
}

const RETRY = { base: 1_000, cap: 60_000 };
/** Every key is greater. */
const FIRST_KEY = '';
const NOTHING: BatchOutcome = { sent: 0, failed: 0, more: false, parked: [] };

/**
 * Claims, publishes and marks one batch in one transaction. A crash at any point before COMMIT leaves the rows as they
 * were: what was sent already is sent again under the same id, and the inbox of each consumer drops it (R15).
 */
export class RelayBatch {
  readonly #types: readonly string[];
  #after = FIRST_KEY;
  #claiming: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Pick<Database, 'transaction'>,
    private readonly publisher: Publisher,
    private readonly definitions: ReadonlyMap<string, MessageDefinition>,
    private readonly settings: BatchSettings,
  ) {
    this.#types = [...definitions.keys()];
  }

  /** Throws as `Database.transaction` does, without repeating: the caller waits and comes again. */
  run(): Promise<BatchOutcome> {
    return this.database.transaction((tx) => this.#run(tx), { attempts: 1 });
  }

  async #run(tx: Tx): Promise<BatchOutcome> {
    const rows = await this.#inTurn(() => this.#claim(tx));
    if (rows.length === 0) return NOTHING;
    const errors = await this.#publish(rows);
    const sent = rows.filter(({ id }) => !errors.has(id));
    const more = sent.length > 0 && (await this.#delete(tx, sent));
    return { sent: sent.length, failed: errors.size, more, parked: await this.#putOff(tx, rows, sent, errors) };
  }

  /** One claim after the other: the next goes on behind the last, instead of walking past its locks. */
  #inTurn<T>(claim: () => Promise<T>): Promise<T> {
    const turn = this.#claiming.then(claim);
    this.#claiming = Promise.allSettled([turn]);
    return turn;
  }

  /** Goes on where the batch before ended, so that every key has its turn, and begins anew at the end. */
  async #claim(tx: Tx): Promise<ClaimedRow[]> {
    const limit = this.settings.batchSize;
    const [, rows] = await Promise.all([
      tx.query(WALK_INDEXES),
      tx.query<ClaimedRow>(CLAIM, [this.#types, limit, this.#after]),
    ]);
    if (rows.length < limit && this.#after !== FIRST_KEY) {
      // The second walk may come by rows of the first: SKIP LOCKED skips the locks of others, not our own.
      const mine = new Set(rows.map(({ id }) => id));
      const more = await tx.query<ClaimedRow>(CLAIM, [this.#types, limit - rows.length, FIRST_KEY]);
      rows.push(...more.filter(({ id }) => !mine.has(id)));
    }
    this.#after = rows.length < limit ? FIRST_KEY : (rows.at(-1)?.key ?? FIRST_KEY);
    return rows;
  }

  async #publish(rows: readonly ClaimedRow[]): Promise<Map<string, Error>> {
    const entries = rows.flatMap((row): OutgoingMessage[] => {
      const definition = this.definitions.get(row.type);
      if (definition === undefined) return [];
      const { id, key: group, body, traceparent } = row;
      return [{ id, definition, body, group, ...(traceparent === null ? {} : { traceparent }) }];
    });
    const [answer] = await Promise.allSettled([withTimeout(this.publisher.publishBatch(entries), this.settings)]);
    if (answer.status === 'rejected') {
      const error = answer.reason instanceof Error ? answer.reason : new Error(String(answer.reason));
      return new Map(rows.map(({ id }) => [id, error]));
    }
    const accepted = new Set(answer.value.filter(({ error }) => error === undefined).map(({ id }) => id));
    const refused = new Map(answer.value.map(({ id, error }) => [id, error]));
    return new Map(
      rows
        .filter(({ id }) => !accepted.has(id))
        .map(({ id }) => [id, refused.get(id) ?? new Error('the publisher did not answer for this message')]),
    );
  }

  async #delete(tx: Tx, sent: readonly ClaimedRow[]): Promise<boolean> {
    const [left] = await tx.query<{ readonly more: boolean }>(DELETE_SENT, [sent.map(({ id }) => id)]);
    return left?.more === true;
  }

  /**
   * Puts failed rows off, or parks them. A try counts towards parking only where the row itself is at fault: the broker
   * says so, or it took another message for the same destination in the same batch. So an outage, however long, parks
   * nothing.
   */
  async #putOff(
    tx: Tx,
    rows: readonly ClaimedRow[],
    sent: readonly ClaimedRow[],
    errors: ReadonlyMap<string, Error>,
  ): Promise<BatchOutcome['parked']> {
    const working = new Set(sent.map((row) => this.#destination(row)));
    const failed = rows.flatMap((row) => {
      const error = errors.get(row.id);
      if (error === undefined) return [];
      const attempts = row.attempts + (isFinal(error) || working.has(this.#destination(row)) ? 1 : 0);
      return [{ ...row, error, attempts, park: attempts >= this.settings.parkAfter }];
    });
    if (failed.length === 0) return [];
    await tx.query(MARK_FAILED, [
      failed.map(({ id }) => id),
      failed.map(({ attempts }) => attempts),
      failed.map(({ attempts }) => Math.round(fullJitter(attempts, RETRY))),
      failed.map(({ park }) => park),
      failed.map(({ error }) => `${error.name}: ${error.message}`.slice(0, 1_000)),
    ]);
    return failed.filter(({ park }) => park);
  }

  /** Events go to the topic of their owner, commands to its queue. */
  #destination({ type }: ClaimedRow): string {
    const definition = this.definitions.get(type);
    return `${definition?.kind}:${definition?.owner}`;
  }
}

/** The broker blames the message, as in SQS's and SNS's `SenderFault`. */
function isFinal(error: Error): boolean {
  return 'senderFault' in error && error.senderFault === true;
}

async function withTimeout<T>(work: Promise<T>, { publishTimeoutMs }: BatchSettings): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PublishTimeoutError(publishTimeoutMs)), publishTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

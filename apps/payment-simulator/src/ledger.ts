import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Charge, type ChargeEntry, type ChargeRequest, type Entry, outcomeOf } from './charge.js';
import { Journal, type JournalOwner } from './journal.js';
import { PaymentError } from './payment-simulator.errors.js';

interface Held {
  readonly entry: ChargeEntry;
  refunded: boolean;
}

/** The charges that are remembered; at most `max`, the oldest is forgotten first and its key with it. */
class Book implements JournalOwner {
  readonly byId = new Map<string, Held>();
  readonly byKey = new Map<string, Held>();
  readonly byReference = new Map<string, Set<Held>>();

  constructor(private readonly max: number) {}

  apply(entry: Entry): void {
    if (entry.kind === 'refund') {
      const held = this.byId.get(entry.id);
      if (held) held.refunded = true;
      return;
    }
    const held = { entry, refunded: false };
    const { reference } = entry.request;
    this.byId.set(entry.id, held);
    this.byKey.set(entry.key, held);
    this.byReference.set(reference, (this.byReference.get(reference) ?? new Set()).add(held));
    const [oldest] = this.byId.values();
    if (oldest && this.byId.size > this.max) this.forget(oldest);
  }

  snapshot(): Entry[] {
    return [...this.byId.values()].flatMap(({ entry, refunded }): Entry[] =>
      refunded ? [entry, { kind: 'refund', id: entry.id }] : [entry],
    );
  }

  private forget(held: Held): void {
    const { id, key, request } = held.entry;
    this.byId.delete(id);
    this.byKey.delete(key);
    const group = this.byReference.get(request.reference);
    group?.delete(held);
    if (group?.size === 0) this.byReference.delete(request.reference);
  }
}

/** The provider's books: what was charged and given back, kept in a journal that outlives the process. */
export class Ledger {
  /** First uses of a key whose entry is on its way to the disk. */
  private readonly starting = new Map<string, { request: ChargeRequest; done: Promise<void> }>();

  private constructor(
    private readonly book: Book,
    private readonly journal: Journal,
  ) {}

  /** Reads the journal in `dataDir`. Throws a `JournalError` where it is damaged. */
  static async open(dataDir: string, maxCharges: number): Promise<Ledger> {
    const book = new Book(maxCharges);
    // A refunded charge takes two lines, and a rewrite should pay for at least as many appends as it keeps lines.
    return new Ledger(book, await Journal.open(join(dataDir, 'charges.jsonl'), book, 4 * maxCharges));
  }

  /**
   * Charges once per key: the same key answers as it did the first time, in this process or after a restart.
   * Throws a {@link PaymentError}: 402 for a declined or unknown card, 400 for the key of another request.
   */
  async charge(key: string, request: ChargeRequest): Promise<Charge> {
    const known = this.book.byKey.get(key)?.entry.request ?? this.starting.get(key)?.request;
    if (known && !isDeepStrictEqual(known, request)) {
      throw new PaymentError(400, 'idempotency_error', 'idempotency_key_in_use', 'the key belongs to another request');
    }
    if (!known) this.starting.set(key, { request, done: this.start(key, request) });
    await this.starting.get(key)?.done;
    const held = this.book.byKey.get(key);
    if (!held) throw new PaymentError(500, 'invalid_request_error', 'charge_forgotten', 'more charges than remembered');
    const { outcome } = held.entry;
    if (outcome === 'card_declined') throw new PaymentError(402, 'card_error', outcome, 'the card was declined');
    if (outcome === 'invalid_source') throw new PaymentError(402, 'card_error', outcome, 'no such payment source');
    return { ...show(held), status: 'succeeded' };
  }

  /** Gives a charge back; once given back, says so again. Throws a {@link PaymentError}: 404, or 400 if it failed. */
  async refund(id: string): Promise<Charge> {
    const held = this.book.byId.get(id);
    if (!held) throw new PaymentError(404, 'invalid_request_error', 'resource_missing', `no charge ${id}`);
    if (held.entry.outcome !== 'succeeded') {
      throw new PaymentError(400, 'invalid_request_error', 'charge_not_refundable', `charge ${id} took no money`);
    }
    if (!held.refunded) await this.journal.append({ kind: 'refund', id });
    return show(held);
  }

  /** Charges of one reference, or of all, after the charge `after`; oldest first. */
  find(query: { reference?: string | undefined; after?: string | undefined; limit: number }): Charge[] {
    const all =
      query.reference === undefined ? this.book.byId.values() : (this.book.byReference.get(query.reference) ?? []);
    const charges = [...all];
    const from = query.after === undefined ? 0 : charges.findIndex(({ entry }) => entry.id === query.after) + 1;
    return charges.slice(from, from + query.limit).map(show);
  }

  /** Waits for the writes under way. */
  close(): Promise<void> {
    return this.journal.close();
  }

  private async start(key: string, request: ChargeRequest): Promise<void> {
    const id = `ch_${randomBytes(12).toString('hex')}`;
    try {
      await this.journal.append({ kind: 'charge', id, key, request, outcome: outcomeOf(request.source) });
    } finally {
      this.starting.delete(key);
    }
  }
}

function show({ entry, refunded }: Held): Charge {
  const paid = refunded ? 'refunded' : 'succeeded';
  return { id: entry.id, status: entry.outcome === 'succeeded' ? paid : 'failed', ...entry.request };
}

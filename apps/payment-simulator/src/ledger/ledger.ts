import { join } from 'node:path';
import { JournalError, PaymentError } from '../payment-simulator.errors.js';
import { Book, type BookedEvent } from './book.js';
import type { Answer, Change } from './change.js';
import { Journal } from './journal.js';
import { type Payment, type Refund, nextChangeOf } from './payment.js';
import { type Decision, newId, settle } from './transitions.js';

/** The first, or once more the first, answer to a request. */
export interface Reply {
  readonly change: Change;
  readonly replayed: boolean;
}

/** What a request is known by: its `Idempotency-Key`, if it has one, and what it said. */
export interface RequestIdentity {
  readonly key: string;
  readonly fingerprint: string;
}

/** How long a key is remembered: at least 24 hours (https://docs.stripe.com/api/idempotent_requests). */
const KEY_SECONDS = 86_400;

/** The longest a timer may wait; what is due later is looked at again then. */
const MAX_TIMER_MS = 86_400_000;

/**
 * The provider's books: payments, what was given back, answers by key and events, kept in a journal that outlives the
 * process. A change is decided on at once, so that nothing comes between; whoever is told of it, by an answer, a list
 * or a webhook, is told when it is on the disk.
 */
export class Ledger {
  private readonly running = new Set<string>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly listeners: ((event: BookedEvent) => void)[] = [];
  /** What {@link payments} said last, for whoever asks for page after page. */
  private list: { readonly seq: number; readonly all: readonly Payment[] } = { seq: 0, all: [] };

  private constructor(
    private readonly book: Book,
    private readonly journal: Journal,
  ) {}

  /** Reads the journal in `dataDir`. Throws a {@link JournalError} where it is damaged. */
  static async open(dataDir: string, maxPayments: number): Promise<Ledger> {
    const book = new Book(maxPayments);
    // A payment takes some four changes, and a rewrite should pay for at least as many appends as it keeps lines.
    const ledger = new Ledger(book, await Journal.open(join(dataDir, 'journal.jsonl'), book, 12 * maxPayments + 100));
    for (const { payment } of book.payments.values()) ledger.watch(payment);
    return ledger;
  }

  /** Tells of each event that is on the disk, those first that an earlier process could not deliver. */
  onEvent(listener: (event: BookedEvent) => void): void {
    this.listeners.push(listener);
    for (const id of this.book.undelivered) {
      const event = this.book.events.get(id);
      if (event) listener(event);
    }
  }

  /** The webhook of these events needs no further delivery. */
  async delivered(ids: readonly string[]): Promise<void> {
    this.book.delivered(ids);
    await this.journal.append({ delivered: [...ids] });
  }

  /** No webhook is wanted for this event; the next process finds that out for itself. */
  ignore(id: string): void {
    this.book.delivered([id]);
  }

  /**
   * Answers a request: as it did the first time where its key is known, otherwise by what `decide` says. Refusals that
   * `decide` throws are not kept, for nothing was done. Throws a {@link PaymentError}: 400 for the key of another
   * request, 409 while the first one is being carried out.
   */
  async answer(
    request: RequestIdentity | undefined,
    work: { before: () => Promise<void>; decide: () => Decision | PaymentError },
  ): Promise<Reply> {
    if (request && this.running.has(request.key)) throw keyInUse(request.key);
    const known = request && this.book.answeredBy(request.key);
    if (known && known.at > Date.now() / 1_000 - KEY_SECONDS) {
      if (known.answer.fingerprint !== request.fingerprint) throw keyOfAnother(request.key);
      await work.before();
      await this.journal.settled();
      return { change: known, replayed: true };
    }
    if (request) this.running.add(request.key);
    try {
      await work.before();
      this.journal.expectRoom();
      return { change: await this.commit(work.decide(), request), replayed: false };
    } finally {
      if (request) this.running.delete(request.key);
    }
  }

  /** Carries out a change that nobody asked for by the API. */
  async change(decide: () => Decision): Promise<Change> {
    this.journal.expectRoom();
    return this.commit(decide());
  }

  /** Throws a {@link PaymentError} 404 where there is no such payment. */
  payment(id: string): Payment {
    const held = this.book.payments.get(id);
    if (held) return held.payment;
    throw new PaymentError(404, 'invalid_request_error', 'resource_missing', `No such payment_intent: '${id}'`, {
      param: 'intent',
    });
  }

  /** Newest first. */
  payments(): readonly Payment[] {
    const { nextSeq } = this.book;
    if (this.list.seq !== nextSeq) {
      const all = [...this.book.payments.values()].map(({ payment }) => payment).toReversed();
      this.list = { seq: nextSeq, all };
    }
    return this.list.all;
  }

  /** Newest first, each with its payment; of one payment, or of all. */
  refunds(paymentId?: string): { payment: Payment; refund: Refund }[] {
    const of = paymentId === undefined ? this.book.refunds.values() : [this.payment(paymentId).id];
    return [...new Set(of)]
      .flatMap((id) => this.payment(id).refunds.map((refund) => ({ payment: this.payment(id), refund })))
      .toSorted((a, b) => b.refund.created - a.refund.created || (b.refund.id < a.refund.id ? -1 : 1));
  }

  /** Newest first. */
  events(): BookedEvent[] {
    return [...this.book.events.values()].toReversed();
  }

  /** Resolves when all that can be seen is on the disk. */
  settled(): Promise<void> {
    return this.journal.settled();
  }

  /** Waits for the writes under way. */
  close(): Promise<void> {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.listeners.length = 0;
    return this.journal.close();
  }

  private async commit(decided: Decision | PaymentError, request?: RequestIdentity): Promise<Change> {
    const decision = decided instanceof PaymentError ? undefined : decided;
    const change: Change = {
      seq: this.book.nextSeq,
      at: Math.floor(Date.now() / 1_000),
      events: (decision?.events ?? []).map((type) => ({ id: newId('evt'), type })),
      answer: { ...request, ...outcomeOf(decided) },
      ...(decision ? { payment: decision.payment } : {}),
      ...(decision?.refund === undefined ? {} : { refund: decision.refund }),
    };
    this.book.add(change);
    await this.journal.append(change);
    if (decision) this.watch(decision.payment);
    for (const { id } of change.events) {
      const event = this.book.events.get(id);
      if (event) for (const listener of this.listeners) listener(event);
    }
    return change;
  }

  /** Sees to it that what is due by itself happens, in this process or, by {@link open}, in the next one. */
  private watch({ id, ...payment }: Payment): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    const at = nextChangeOf({ id, ...payment });
    if (at === undefined) return;
    const wait = Math.min(Math.max(at - Date.now(), 0), MAX_TIMER_MS);
    this.timers.set(id, setTimeout(() => void this.settle(id), wait).unref());
  }

  private async settle(id: string): Promise<void> {
    const held = this.book.payments.get(id);
    if (!held) return;
    try {
      const decision = settle(held.payment, Date.now());
      if (decision) await this.change(() => decision);
      else this.watch(held.payment);
    } catch (error) {
      // The journal is broken: every request says so by now, and the next process takes this up.
      if (!(error instanceof JournalError)) throw error;
    }
  }
}

function outcomeOf(decided: Decision | PaymentError): Pick<Answer, 'status' | 'error'> {
  if (decided instanceof PaymentError) {
    const { status, type, code, message } = decided;
    return { status, error: { type, message, ...(code === undefined ? {} : { code }) } };
  }
  return decided.refusal ? { status: 402, error: { type: 'card_error', ...decided.refusal } } : { status: 200 };
}

function keyInUse(key: string): PaymentError {
  const message = `There is currently another in-progress request using this Idempotent Key: ${key}`;
  return new PaymentError(409, 'idempotency_error', 'idempotency_key_in_use', message);
}

function keyOfAnother(key: string): PaymentError {
  const message =
    'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
    `Try using a key other than '${key}' if you meant to execute a different request.`;
  return new PaymentError(400, 'idempotency_error', undefined, message);
}

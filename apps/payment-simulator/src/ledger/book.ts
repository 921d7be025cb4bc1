import type { Change, Entry, EventType } from './change.js';
import type { JournalOwner } from './journal.js';
import { type Payment } from './payment.js';

interface Held {
  payment: Payment;
  readonly changes: number[];
}

/** An event with the change that it tells of. */
export interface BookedEvent {
  readonly id: string;
  readonly type: EventType;
  readonly change: Change;
}

/** The most answers kept that no payment came of: failures that a key gets again. */
const MAX_BARREN = 10_000;
/** Ids in a line of delivered events. */
const DELIVERED_PER_LINE = 1_000;

/** All that is remembered: at most `max` payments; the oldest is forgotten first, and all that hangs on it. */
export class Book implements JournalOwner {
  readonly payments = new Map<string, Held>();
  readonly events = new Map<string, BookedEvent>();
  /** Events whose webhook has not been answered. */
  readonly undelivered = new Set<string>();
  /** To which payment a refund belongs; in the order of the refunds. */
  readonly refunds = new Map<string, string>();
  private readonly keys = new Map<string, number>();
  private readonly changes = new Map<number, Change>();
  private readonly barren: number[] = [];
  private last = 0;

  constructor(private readonly max: number) {}

  get nextSeq(): number {
    return this.last + 1;
  }

  /** The change by which a key was first answered. */
  answeredBy(key: string): Change | undefined {
    return this.changes.get(this.keys.get(key) ?? 0);
  }

  restore(entry: Entry): void {
    if ('delivered' in entry) this.delivered(entry.delivered);
    else if (entry.seq > this.last) this.add(entry);
  }

  add(change: Change): void {
    this.last = change.seq;
    this.changes.set(change.seq, change);
    if (change.answer.key !== undefined) this.keys.set(change.answer.key, change.seq);
    for (const event of change.events) {
      this.events.set(event.id, { ...event, change });
      this.undelivered.add(event.id);
    }
    const { payment } = change;
    if (!payment) {
      this.barren.push(change.seq);
      if (this.barren.length > MAX_BARREN) this.drop(this.barren.shift());
      return;
    }
    for (const { id } of payment.refunds) this.refunds.set(id, payment.id);
    const held = this.payments.get(payment.id);
    if (held) held.payment = payment;
    this.payments.set(payment.id, held ?? { payment, changes: [] });
    this.payments.get(payment.id)?.changes.push(change.seq);
    this.forgetOldest();
  }

  delivered(ids: readonly string[]): void {
    for (const id of ids) this.undelivered.delete(id);
  }

  snapshot(): Entry[] {
    const delivered = [...this.events.keys()].filter((id) => !this.undelivered.has(id));
    const lines: Entry[] = [...this.changes.values()];
    for (let at = 0; at < delivered.length; at += DELIVERED_PER_LINE) {
      lines.push({ delivered: delivered.slice(at, at + DELIVERED_PER_LINE) });
    }
    return lines;
  }

  private forgetOldest(): void {
    const [oldest] = this.payments.values();
    if (!oldest || this.payments.size <= this.max) return;
    this.payments.delete(oldest.payment.id);
    for (const { id } of oldest.payment.refunds) this.refunds.delete(id);
    for (const seq of oldest.changes) this.drop(seq);
  }

  private drop(seq: number | undefined): void {
    const change = seq === undefined ? undefined : this.changes.get(seq);
    if (!change) return;
    this.changes.delete(change.seq);
    const { key } = change.answer;
    if (key !== undefined && this.keys.get(key) === change.seq) this.keys.delete(key);
    for (const { id } of change.events) {
      this.events.delete(id);
      this.undelivered.delete(id);
    }
  }
}

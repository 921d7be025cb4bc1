import { MAX_BATCH_ENTRIES } from '../batches.js';
import { Deque } from './deque.js';
import type { Outgoing } from './outgoing.js';

/** Entries that wait to be sent to one destination. */
export interface Line {
  /** Entries that could go now. */
  readonly ready: number;
  /** Bytes of all that waits. */
  readonly bytes: number;
  push(item: Outgoing): void;
  /** The next batch: up to ten entries and so many bytes, one entry at least. What was taken is settled or given back. */
  take(maxBytes: number): Outgoing[];
  /** Puts back in front what was taken. */
  giveBack(items: readonly Outgoing[]): void;
  /** What was taken has arrived, or is given up. */
  settled(item: Outgoing): void;
  /** Takes out all that waits behind this entry and must not overtake it. */
  followers(item: Outgoing): Outgoing[];
}

function pickFrom(next: () => Outgoing | undefined, drop: () => void, maxBytes: number): Outgoing[] {
  const batch: Outgoing[] = [];
  let total = 0;
  for (let item = next(); item && batch.length < MAX_BATCH_ENTRIES; item = next()) {
    if (batch.length > 0 && total + item.bytes > maxBytes) break;
    total += item.bytes;
    batch.push(item);
    drop();
  }
  return batch;
}

/** For standard queues and topics: first come, first served. */
export class StandardLine implements Line {
  readonly #items = new Deque<Outgoing>();
  #bytes = 0;

  get ready(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(item: Outgoing): void {
    this.#items.push(item);
    this.#bytes += item.bytes;
  }

  take(maxBytes: number): Outgoing[] {
    const batch = pickFrom(
      () => this.#items.peek(),
      () => this.#items.shift(),
      maxBytes,
    );
    for (const { bytes } of batch) this.#bytes -= bytes;
    return batch;
  }

  giveBack(items: readonly Outgoing[]): void {
    for (const item of items.toReversed()) {
      this.#items.unshift(item);
      this.#bytes += item.bytes;
    }
  }

  settled(): void {
    // Nothing waits for it.
  }

  followers(): Outgoing[] {
    return [];
  }
}

interface Group {
  readonly id: string;
  readonly items: Deque<Outgoing>;
}

/**
 * For FIFO queues and topics. Of each group one entry is on its way at a time: a batch can fail in part, and then a
 * later entry of the group would have overtaken the one that failed.
 */
export class FifoLine implements Line {
  /** Groups with an entry waiting or on its way. */
  readonly #groups = new Map<string, Group>();
  /** Groups with entries of which none is on its way. */
  readonly #idle = new Deque<Group>();
  #bytes = 0;

  get ready(): number {
    return this.#idle.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(item: Outgoing): void {
    const id = item.group ?? '';
    let group = this.#groups.get(id);
    if (!group) {
      group = { id, items: new Deque() };
      this.#groups.set(id, group);
      this.#idle.push(group);
    }
    group.items.push(item);
    this.#bytes += item.bytes;
  }

  take(maxBytes: number): Outgoing[] {
    const batch = pickFrom(
      () => this.#idle.peek()?.items.peek(),
      () => this.#idle.shift()?.items.shift(),
      maxBytes,
    );
    for (const { bytes } of batch) this.#bytes -= bytes;
    return batch;
  }

  giveBack(items: readonly Outgoing[]): void {
    for (const item of items.toReversed()) {
      const group = this.#groups.get(item.group ?? '');
      if (!group) continue;
      group.items.unshift(item);
      this.#bytes += item.bytes;
      this.#idle.unshift(group);
    }
  }

  settled(item: Outgoing): void {
    const group = this.#groups.get(item.group ?? '');
    if (!group) return;
    if (group.items.length > 0) this.#idle.push(group);
    else this.#groups.delete(group.id);
  }

  followers(item: Outgoing): Outgoing[] {
    const items = this.#groups.get(item.group ?? '')?.items;
    const followers: Outgoing[] = [];
    for (let next = items?.shift(); next; next = items?.shift()) {
      followers.push(next);
      this.#bytes -= next.bytes;
    }
    return followers;
  }
}

import type { UserRecord } from '../../user-record.js';
import { Fifo } from './fifo.js';
import type { Lanes, Portion } from './lanes.js';

interface Slot {
  readonly record: UserRecord;
  done: boolean;
}

/** The records of one partition key that wait. A key at work is given out by nobody. */
interface Lane {
  readonly key: string;
  readonly slots: Fifo<Slot>;
  busy: boolean;
}

/**
 * A lane per partition key: several portions at a time, never two with a record of the same key, so that each key keeps
 * its order. They end in any order; `reached` moves only over what is done without a gap.
 */
export class KeyLanes implements Lanes {
  /** Everything after `reached`, in the order of the shard. */
  readonly #open = new Fifo<Slot>();
  readonly #lanes = new Map<string, Lane>();
  readonly #idle = new Fifo<Lane>();
  #waiting = 0;
  #ready = 0;
  #reached: string | undefined;

  /** `keysAtOnce`: in one portion. With 1 no key waits for the other keys of its portion. */
  constructor(private readonly keysAtOnce = Number.POSITIVE_INFINITY) {}

  get waiting(): number {
    return this.#waiting;
  }
  get ready(): number {
    return this.#ready;
  }
  get open(): number {
    return this.#open.size;
  }
  get reached(): string | undefined {
    return this.#reached;
  }

  add(records: readonly UserRecord[]): void {
    for (const record of records) {
      const slot = { record, done: false };
      const lane = this.#laneOf(record.partitionKey);
      lane.slots.push(slot);
      this.#open.push(slot);
      if (!lane.busy) this.#ready += 1;
    }
    this.#waiting += records.length;
  }

  take(limit: number): Portion | undefined {
    const slots: Slot[] = [];
    const lanes: Lane[] = [];
    while (slots.length < limit && lanes.length < this.keysAtOnce) {
      const lane = this.#idle.shift();
      if (lane === undefined) break;
      lane.busy = true;
      lanes.push(lane);
      this.#ready -= lane.slots.size;
      slots.push(...lane.slots.take(limit - slots.length));
    }
    if (slots.length === 0) return undefined;
    this.#waiting -= slots.length;
    return this.#portion(slots, lanes);
  }

  #portion(slots: readonly Slot[], lanes: readonly Lane[]): Portion {
    let counted = 0;
    return {
      records: slots.map(({ record }) => record),
      done: (count) => {
        for (const slot of slots.slice(counted, count)) slot.done = true;
        counted = Math.max(counted, count);
        this.#move();
      },
      end: () => {
        for (const lane of lanes) this.#free(lane);
      },
    };
  }

  #laneOf(key: string): Lane {
    const known = this.#lanes.get(key);
    if (known) return known;
    const lane = { key, slots: new Fifo<Slot>(), busy: false };
    this.#lanes.set(key, lane);
    this.#idle.push(lane);
    return lane;
  }

  #free(lane: Lane): void {
    lane.busy = false;
    this.#ready += lane.slots.size;
    if (lane.slots.size > 0) this.#idle.push(lane);
    else this.#lanes.delete(lane.key);
  }

  #move(): void {
    while (this.#open.first?.done === true) this.#reached = this.#open.shift()?.record.checkpoint;
  }
}

import { type Clock } from '@lethe/kernel';
import { type SessionPage } from '../session-store.js';
import { isLiving, toRecord } from './record-codec.js';
import { type OwnerIndex, type SessionItem, type SessionItems } from './session-items.js';

/** How long a grave keeps a session from being created that had begun to be when its owner's were revoked. */
const GRAVE_MS = 10 * 60_000;
/**
 * How old an id must be before it is dropped for having no session: its session may be about to be written, and clocks
 * may differ by ten minutes (R36).
 */
const SETTLED_MS = 15 * 60_000;
/** An index is tidied whenever it has grown by so many ids. */
const TIDY_EVERY = 64;
const BATCH = 50;

/** The sessions of a user, by the index. */
export class OwnerSessions {
  constructor(
    private readonly items: SessionItems,
    private readonly index: OwnerIndex,
    private readonly maxPerOwner: number,
    private readonly clock: Clock,
  ) {}

  /** Before a session is written for the first time, or for another owner. */
  async add({ owner, id, endsAt }: Pick<SessionItem, 'owner' | 'id' | 'endsAt'>): Promise<void> {
    if (owner === undefined) return;
    const count = await this.index.add(owner, id, endsAt, this.clock.now());
    if (count % TIDY_EVERY === 0) await this.#tidy(owner);
  }

  /** After a session is gone, or another's. */
  async remove({ owner, id }: Pick<SessionItem, 'owner' | 'id'>): Promise<void> {
    if (owner !== undefined) await this.index.remove(owner, [id]);
  }

  async list(owner: string, limit: number, after: string): Promise<SessionPage> {
    const members = await this.index.members(owner);
    const ids = [...members.keys()].filter((id) => id > after).toSorted();
    const found: SessionItem[] = [];
    let read = 0;
    while (read < ids.length && found.length < limit) {
      const batch = ids.slice(read, read + Math.min(BATCH, limit - found.length));
      found.push(...(await this.#theirs(owner, batch)));
      read += batch.length;
    }
    const next = read < ids.length ? ids[read - 1] : undefined;
    const sessions = found.toSorted((one, other) => (one.id < other.id ? -1 : 1)).map(toRecord);
    return { sessions, ...(next === undefined ? {} : { next }) };
  }

  async endAll(owner: string, except: string | undefined): Promise<number> {
    const members = await this.index.members(owner);
    return this.#end(
      owner,
      [...members.keys()].filter((id) => id !== except),
    );
  }

  async #end(owner: string, ids: readonly string[]): Promise<number> {
    let lived = 0;
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH);
      const now = this.clock.now();
      const buried = await Promise.all(batch.map((id) => this.items.bury(id, owner, now + GRAVE_MS, now)));
      lived += buried.filter((item) => typeof item === 'object' && isLiving(item, now)).length;
      // What is not theirs now may become theirs at this moment: the index keeps it until it is settled.
      const gone = batch.filter((_, position) => buried[position] !== 'not-theirs');
      await this.index.remove(owner, gone);
    }
    return lived;
  }

  /** The living sessions among the ids that say themselves whose they are. */
  async #theirs(owner: string, ids: readonly string[]): Promise<SessionItem[]> {
    const now = this.clock.now();
    const items = await this.items.readMany(ids);
    return items.filter((item) => item.owner === owner && isLiving(item, now));
  }

  /** Drops ids that have no session, and ends the oldest sessions of a user who has too many. */
  async #tidy(owner: string): Promise<void> {
    const members = await this.index.members(owner);
    const ids = [...members.keys()];
    const living: SessionItem[] = [];
    for (let at = 0; at < ids.length; at += BATCH)
      living.push(...(await this.#theirs(owner, ids.slice(at, at + BATCH))));
    const alive = new Set(living.map(({ id }) => id));
    const settledBefore = this.clock.now() - SETTLED_MS;
    const dead = ids.filter((id) => !alive.has(id) && (members.get(id) ?? 0) < settledBefore);
    if (dead.length > 0) await this.index.remove(owner, dead);
    const oldestFirst = living.toSorted((one, other) => one.touchedAt - other.touchedAt);
    const tooMany = oldestFirst.slice(0, Math.max(0, living.length - this.maxPerOwner));
    await this.#end(
      owner,
      tooMany.map(({ id }) => id),
    );
  }
}

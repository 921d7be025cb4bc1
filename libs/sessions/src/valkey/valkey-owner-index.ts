import { createHash } from 'node:crypto';
import { type Valkey } from '@lethe/valkey';
import { type OwnerIndex } from '../store/session-items.js';
import { addToIndexScript } from './session.scripts.js';

/** How long an index outlives its last session, for clocks that differ (R36). */
const MARGIN_MS = 24 * 3_600_000;

/** A sorted set for each owner, at `<prefix>o:<hash of the owner>`: ids by the time they were added. */
export class ValkeyOwnerIndex implements OwnerIndex {
  constructor(
    private readonly valkey: Valkey,
    private readonly prefix: string,
  ) {}

  add(owner: string, id: string, endsAt: number, now: number): Promise<number> {
    const keepMs = Math.ceil(Math.max(0, endsAt - now) + MARGIN_MS);
    return this.valkey.run<number>(addToIndexScript, [this.#key(owner)], [id, String(now), String(keepMs)]);
  }

  async members(owner: string): Promise<ReadonlyMap<string, number>> {
    const key = this.#key(owner);
    const flat = await this.valkey.call<readonly string[]>(key, ['ZRANGE', key, '0', '-1', 'WITHSCORES']);
    return new Map(flat.flatMap((id, at): [string, number][] => (at % 2 === 0 ? [[id, Number(flat[at + 1])]] : [])));
  }

  async remove(owner: string, ids: readonly string[]): Promise<void> {
    const key = this.#key(owner);
    if (ids.length > 0) await this.valkey.call(key, ['ZREM', key, ...ids]);
  }

  #key(owner: string): string {
    return `${this.prefix}o:${createHash('sha256').update(owner).digest('base64url')}`;
  }
}

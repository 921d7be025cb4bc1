import { type Valkey, type ValkeyReply } from '@lethe/valkey';
import { type Expectation, type SessionItem, type SessionItems } from '../store/session-items.js';
import { buryScript, extendScript, removeScript, touchScript, writeScript } from './session.scripts.js';

const FIELDS = ['id', 'owner', 'json', 'version', 'createdAt', 'touchedAt', 'expiresAt', 'endsAt'] as const;
type Fields = readonly (string | null)[];

/** The item of the fields of a hash, undefined for a missing one and for a grave. */
function itemOf(fields: Fields | null): SessionItem | undefined {
  const [id, owner, json, version, createdAt, touchedAt, expiresAt, endsAt] = fields ?? [];
  if (typeof id !== 'string' || typeof json !== 'string') return undefined;
  const item = {
    id,
    json,
    version: Number(version),
    createdAt: Number(createdAt),
    touchedAt: Number(touchedAt),
    expiresAt: Number(expiresAt),
    endsAt: Number(endsAt),
  };
  return typeof owner === 'string' ? { ...item, owner } : item;
}

/** What the scripts that touch are told. */
function touchArguments(
  { touchedAt, expiresAt }: { readonly touchedAt: number; readonly expiresAt: number },
  now: number,
): string[] {
  return [String(now), String(touchedAt), String(expiresAt), String(Math.max(1, expiresAt - now))];
}

/** A hash for each session, at `<prefix>s:<id>`. */
export class ValkeyItems implements SessionItems {
  constructor(
    private readonly valkey: Valkey,
    private readonly prefix: string,
  ) {}

  async read(id: string): Promise<SessionItem | undefined> {
    const key = this.#key(id);
    return itemOf(await this.valkey.call<Fields>(key, ['HMGET', key, ...FIELDS]));
  }

  async readMany(ids: readonly string[]): Promise<SessionItem[]> {
    const items = await Promise.all(ids.map((id) => this.read(id)));
    return items.filter((item) => item !== undefined);
  }

  async write(item: Omit<SessionItem, 'version'>, expected: Expectation, now: number): Promise<number | undefined> {
    const known = expected.type === 'version' ? [String(expected.version), expected.owner ?? ''] : ['', ''];
    const { id, json, createdAt, touchedAt, expiresAt, endsAt } = item;
    const times = [createdAt, touchedAt, expiresAt, endsAt].map(String);
    const args = [String(now), ...known, id, item.owner ?? '', json, ...times];
    const written = await this.valkey.run<number | null>(writeScript, [this.#key(id)], args);
    return written ?? undefined;
  }

  async touch(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
    now: number,
  ): Promise<SessionItem | undefined> {
    return itemOf(await this.valkey.run<Fields | null>(touchScript, [this.#key(id)], touchArguments(times, now)));
  }

  async extend(
    id: string,
    times: { readonly touchedAt: number; readonly expiresAt: number },
    now: number,
  ): Promise<void> {
    await this.valkey.run<null>(extendScript, [this.#key(id)], touchArguments(times, now));
  }

  async remove(id: string): Promise<SessionItem | undefined> {
    return itemOf(await this.valkey.run<Fields | null>(removeScript, [this.#key(id)], []));
  }

  async bury(id: string, owner: string, until: number, now: number): Promise<SessionItem | 'not-theirs' | undefined> {
    const args = [owner, String(until), String(now)];
    const answer = await this.valkey.run<Fields | number | null>(buryScript, [this.#key(id)], args);
    return typeof answer === 'number' ? 'not-theirs' : itemOf(answer);
  }

  async scan(limit: number, after = '0'): Promise<{ readonly items: SessionItem[]; readonly next?: string }> {
    const pattern = `${this.prefix.replaceAll(/[\\?*[\]]/g, '\\$&')}s:*`;
    const command = ['SCAN', after, 'MATCH', pattern, 'COUNT', String(limit)];
    const [cursor, keys] = await this.valkey.call<readonly [string, readonly string[]] & ValkeyReply>(
      undefined,
      command,
    );
    const items = await this.readMany(keys.map((key) => key.slice(this.#key('').length)));
    return { items, ...(cursor === '0' ? {} : { next: cursor }) };
  }

  #key(id: string): string {
    return `${this.prefix}s:${id}`;
  }
}

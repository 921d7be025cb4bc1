import { type Clock } from '@lethe/kernel';
import { type SessionPage, type SessionRecord, type SessionStore } from '../../src/session-store.js';
import { SessionConflictError, SessionStoreUnavailableError } from '../../src/sessions.errors.js';

/** A session store in memory, which can be switched off, for tests of what stands on a store. */
export class FakeSessionStore implements SessionStore {
  readonly records = new Map<string, SessionRecord>();
  /** Each call in order: its name and the id. */
  readonly calls: string[] = [];
  isDown = false;

  constructor(readonly clock: Clock) {}

  async read(id: string): Promise<SessionRecord | undefined> {
    this.#call('read', id);
    return this.#living(id);
  }

  async create(record: Omit<SessionRecord, 'version'>): Promise<SessionRecord> {
    this.#call('create', record.id);
    if (this.#living(record.id) !== undefined) throw new SessionConflictError(record.id);
    return this.#keep({ ...record, version: 1 });
  }

  async write(record: SessionRecord): Promise<SessionRecord> {
    this.#call('write', record.id);
    if (this.#living(record.id)?.version !== record.version) throw new SessionConflictError(record.id);
    return this.#keep({ ...record, version: record.version + 1 });
  }

  async touch(id: string, times: { touchedAt: number; expiresAt: number }): Promise<SessionRecord | undefined> {
    this.#call('touch', id);
    const record = this.#living(id);
    if (record === undefined) return undefined;
    const expiresAt = Math.max(record.expiresAt, Math.min(times.expiresAt, record.endsAt));
    return this.#keep({ ...record, touchedAt: times.touchedAt, expiresAt });
  }

  async extend(id: string, times: { touchedAt: number; expiresAt: number }): Promise<void> {
    this.#call('extend', id);
    const record = this.#living(id);
    if (record === undefined || times.expiresAt <= record.expiresAt) return;
    this.#keep({ ...record, ...times, expiresAt: Math.min(times.expiresAt, record.endsAt) });
  }

  async destroy(id: string): Promise<boolean> {
    this.#call('destroy', id);
    const lived = this.#living(id) !== undefined;
    this.records.delete(id);
    return lived;
  }

  async listByOwner(owner: string): Promise<SessionPage> {
    this.#call('listByOwner', owner);
    return { sessions: [...this.records.values()].filter((record) => record.owner === owner) };
  }

  async destroyByOwner(owner: string, except?: string): Promise<number> {
    const { sessions } = await this.listByOwner(owner);
    const ended = sessions.filter(({ id }) => id !== except);
    for (const { id } of ended) this.records.delete(id);
    return ended.length;
  }

  async scan(page: { limit?: number; after?: string } = {}): Promise<SessionPage> {
    this.#call('scan', page.after ?? '');
    const living = [...this.records.keys()].sort().filter((id) => this.#living(id) !== undefined);
    const rest = living.filter((id) => page.after === undefined || id > page.after);
    const ids = rest.slice(0, page.limit ?? 50);
    const last = ids.at(-1);
    const sessions = ids.flatMap((id) => this.#living(id) ?? []);
    return rest.length > ids.length && last !== undefined ? { sessions, next: last } : { sessions };
  }

  async close(): Promise<void> {
    this.records.clear();
  }

  #keep(record: SessionRecord): SessionRecord {
    const kept = structuredClone(record);
    this.records.set(record.id, kept);
    return kept;
  }

  #living(id: string): SessionRecord | undefined {
    const record = this.records.get(id);
    return record !== undefined && Math.min(record.expiresAt, record.endsAt) > this.clock.now() ? record : undefined;
  }

  #call(name: string, id: string): void {
    this.calls.push(name);
    if (this.isDown) throw new SessionStoreUnavailableError({ cause: new Error(`no answer to ${name} ${id}`) });
  }
}

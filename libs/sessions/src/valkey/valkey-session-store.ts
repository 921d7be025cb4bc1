import { type Valkey } from '@lethe/valkey';
import { type SessionStore } from '../session-store.js';
import { IndexedSessions, type SessionLimits } from '../store/indexed-sessions.js';
import { ValkeyItems } from './valkey-items.js';
import { ValkeyOwnerIndex } from './valkey-owner-index.js';

/** Where and how sessions lie in Valkey or Redis. */
export interface ValkeySessionStoreOptions extends SessionLimits {
  /** Connected by its owner, who also closes it. Its server must not evict: `maxmemory-policy noeviction`. */
  readonly valkey: Valkey;
  /** Before every key. Default `lethe:session:`. */
  readonly prefix?: string;
}

/** Sessions in Valkey or Redis: a hash for each, changed by scripts of one key, so that a cluster serves as well. */
export function valkeySessionStore({
  valkey,
  prefix = 'lethe:session:',
  ...limits
}: ValkeySessionStoreOptions): SessionStore {
  const items = new ValkeyItems(valkey, prefix);
  return new IndexedSessions({ items, index: new ValkeyOwnerIndex(valkey, prefix), ...limits });
}

import { type Store } from 'express-session';
import { type BridgeOptions, bridge } from '../bridge/bridge.js';
import { LetheExpressStore } from './lethe-express-store.js';

/** How {@link takeOver} moves sessions: as a bridge whose old place is the store itself. */
export type TakeOverOptions = Omit<BridgeOptions, 'from' | 'movesFrom'>;

/**
 * Moves the sessions of a running process out of it, without a restart and under load: from this call on the store
 * object, a MemoryStore above all, reads and writes the new place, and what it holds itself moves, all of it by the
 * time this answers with how many that were. Then replicas that know the new place alone may join, and this process may
 * end. The store's methods are replaced on the object, which express-session calls them on for every request.
 */
export async function takeOver(store: Store, options: TakeOverOptions): Promise<number> {
  const old = {
    get: store.get.bind(store),
    set: store.set.bind(store),
    destroy: store.destroy.bind(store),
    ...(store.touch === undefined ? {} : { touch: store.touch.bind(store) }),
    ...(store.all === undefined ? {} : { all: store.all.bind(store) }),
  };
  const sessions = bridge({ ...options, from: old });
  const front = new LetheExpressStore(sessions);
  Object.assign(store, {
    get: front.get.bind(front),
    set: front.set.bind(front),
    touch: front.touch.bind(front),
    destroy: front.destroy.bind(front),
    all: front.all.bind(front),
    length: front.length.bind(front),
    clear: front.clear.bind(front),
    createSession: front.createSession.bind(front),
  });
  return sessions.moveAll();
}

import { type Clock } from '@lethe/kernel';
import { type SessionStore } from '../../src/index.js';
import { type OwnerIndex, type SessionItems } from '../../src/store/session-items.js';

/** One place that holds sessions, as several replicas see it. */
export interface StoreUnderTest {
  /** The store as one replica opens it, over a connection of its own. */
  open(clock: Clock): Promise<SessionStore>;
  /** What the store is made of. */
  parts(): Promise<{ readonly items: SessionItems; readonly index: OwnerIndex }>;
  /** A store whose server is gone. */
  unreachable(): SessionStore;
  /** Everything that lies there, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

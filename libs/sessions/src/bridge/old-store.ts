/** How a store of express-session answers. */
export type OldAnswer<T> = (error?: unknown, value?: T) => void;

/** A store of express-session, as far as a move needs it: MemoryStore, session-file-store, connect-redis and the like. */
export interface OldStore {
  get(sid: string, answer: (error: unknown, session?: object | null) => void): unknown;
  set(sid: string, session: object, answer?: OldAnswer<unknown>): unknown;
  destroy(sid: string, answer?: OldAnswer<unknown>): unknown;
  touch?(sid: string, session: object, answer?: OldAnswer<unknown>): unknown;
  /** By session id, or a list whose entries have their `id`, as connect-redis answers. */
  all?(answer: (error: unknown, sessions?: object | null) => void): unknown;
  /** Names of files, as session-file-store answers. */
  list?(answer: (error: unknown, files?: readonly string[]) => void): unknown;
}

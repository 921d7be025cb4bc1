/** The key under which a session carries its {@link SessionOrigin}. */
export const ORIGIN = 'lethe:origin';

/**
 * Where a session object comes from. @fastify/session copies what a store answers, key by key, into a session of its
 * own, and hands that to `set`: this comes along, and is no part of the session's JSON.
 */
export class SessionOrigin {
  constructor(readonly session: object) {}

  /** Leaves it out of what is hashed and stored. */
  toJSON(): undefined {
    return undefined;
  }
}

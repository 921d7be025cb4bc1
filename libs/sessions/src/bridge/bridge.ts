import { type NamedSession, type WebSession, type WebSessionStore } from '../web/web-session.js';
import { WebSessions, type WebSessionsOptions } from '../web/web-sessions.js';
import { OldPlace } from './old-place.js';
import { type OldStore } from './old-store.js';

/** Something about a move that an operator should see. */
export type BridgeEvent =
  /** The old place is not read any more. Once per process. */
  | { readonly type: 'old-place-retired'; readonly until: Date }
  /** A session has moved, and its copy in the old place could not be removed: the new one counts. */
  | { readonly type: 'old-copy-left'; readonly error: unknown };

export interface BridgeOptions {
  /** Where the sessions are today. */
  readonly from: OldStore;
  /** Where they go. */
  readonly to: WebSessionsOptions;
  /** From then on the old place is neither read nor written. Choose it past the end of what is kept there now. */
  readonly until: Date;
  /**
   * From when sessions move. Until then replicas of the old version may run beside the new ones on one old place (a
   * file share, Redis): sessions stay, and are read and written, where those find them. @default at once
   */
  readonly movesFrom?: Date;
  /** Must not throw. */
  readonly onEvent?: (event: BridgeEvent) => void;
}

type Phase = 'staying' | 'moving' | 'retired';

/**
 * Two places for the time of a move, so that nobody is signed out by it. A session is looked for in the new place, then
 * in the old one; whichever replica finds it there first moves it, once. Saves go to the new place. A destroyed session
 * leaves a mark in the new place until the old one is retired, so that no copy of it and no late save brings it back.
 *
 * A replica whose clock is behind while others move already still finds what they moved (R36). Where either place is
 * down, requests fail (S34): what cannot be read is not a missing session.
 */
export class Bridge implements WebSessionStore {
  readonly #old: OldPlace;
  readonly #new: WebSessions;
  readonly #options: BridgeOptions;
  #saidRetired = false;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#new = new WebSessions(options.to);
    this.#old = new OldPlace(options.from, this.#new.policy.clock);
  }

  async get(sid: string): Promise<WebSession | undefined> {
    const phase = this.#phase();
    const found = await this.#new.find(sid);
    if (found !== undefined || phase === 'retired') return found === 'ended' ? undefined : found;
    const old = await this.#old.get(sid);
    if (phase === 'staying' && old !== undefined) return old;
    // Gone from the old place since the first look: another replica has just moved it.
    if (old === undefined) return this.#new.get(sid);
    return this.#move(sid, old);
  }

  async set(sid: string, session: object): Promise<void> {
    const phase = this.#phase();
    if (phase === 'staying' && !this.#new.knows(session, sid)) {
      if ((await this.#new.find(sid)) !== 'ended') await this.#old.set(sid, session);
      return;
    }
    const mayBeOld = phase !== 'retired' && !this.#new.knows(session, sid);
    await this.#new.set(sid, session);
    if (mayBeOld) await this.#forget(sid);
  }

  async touch(sid: string, session: object): Promise<void> {
    const isNew = this.#new.knows(session, sid);
    const phase = this.#phase();
    if (phase === 'staying' && !isNew) return this.#old.touch(sid, session);
    // A session that a request has had in hand since before the move began moves now.
    if (phase === 'moving' && !isNew) await this.get(sid);
    return this.#new.touch(sid, session);
  }

  async destroy(sid: string): Promise<void> {
    if (this.#phase() === 'retired') return this.#new.destroy(sid);
    await this.#new.end(sid, this.#options.until.getTime());
    return this.#old.destroy(sid);
  }

  async *all(): AsyncIterable<NamedSession> {
    yield* this.#new.all();
    if (this.#phase() === 'retired') return;
    for await (const old of this.#old.all()) if ((await this.#new.find(old.sid)) === undefined) yield old;
  }

  async clear(): Promise<void> {
    if (this.#phase() !== 'retired') for await (const { sid } of this.#old.all()) await this.#old.destroy(sid);
    await this.#new.clear();
  }

  link(made: object, from: object): void {
    this.#new.link(made, from);
  }

  /**
   * Moves every session of the old place that has not moved by itself, so that the old place can be given up before the
   * last of its users comes back. Answers how many. It can run on any replica, on several, and again after a failure.
   */
  async moveAll(): Promise<number> {
    let moved = 0;
    for await (const { sid, session } of this.#old.all()) {
      if ((await this.#move(sid, session)) !== undefined) moved += 1;
    }
    return moved;
  }

  async #move(sid: string, session: WebSession): Promise<WebSession | undefined> {
    const adopted = await this.#new.adopt(sid, session);
    await this.#forget(sid);
    return adopted === 'ended' ? undefined : adopted;
  }

  /** Removes what is left of a session in the old place, where it counts no more. */
  async #forget(sid: string): Promise<void> {
    try {
      await this.#old.destroy(sid);
    } catch (error) {
      this.#options.onEvent?.({ type: 'old-copy-left', error });
    }
  }

  #phase(): Phase {
    const now = this.#new.policy.clock.now();
    const { until, movesFrom, onEvent } = this.#options;
    if (now >= until.getTime()) {
      if (!this.#saidRetired) onEvent?.({ type: 'old-place-retired', until });
      this.#saidRetired = true;
      return 'retired';
    }
    return movesFrom !== undefined && now < movesFrom.getTime() ? 'staying' : 'moving';
  }
}

/** Sessions in two places while they move: for `new LetheExpressStore(bridge({ from, to, until }))`. */
export function bridge(options: BridgeOptions): Bridge {
  return new Bridge(options);
}

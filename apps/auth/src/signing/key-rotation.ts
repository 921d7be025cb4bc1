import { type Database, type Tx } from '@lethe/database';
import { type KeySeal } from './key-seal.js';
import {
  ACTIVATE_KEY,
  INSERT_NEXT_KEY,
  REMOVE_OTHER_KEYS,
  REMOVE_RETIRED_KEYS,
  RETIRE_ACTIVE_KEY,
  ROTATION_STATE,
  type RotationState,
  TAKE_ROTATION_LOCK,
  TRY_ROTATION_LOCK,
} from './key-rotation.sql.js';
import { newSigningKey } from './new-signing-key.js';

/** Times of the rotation, in seconds. */
export interface RotationTimes {
  /** How long a key signs. */
  readonly period: number;
  /** How long a key is published before it signs: longer than anyone keeps the JWKS. */
  readonly published: number;
  /** How long a key is published after it ceased to sign: longer than its last token is accepted. */
  readonly retired: number;
}

/**
 * Verifiers keep keys for 10 min (RemoteKeys) on top of an HTTP cache of 5 min, replicas of auth for 1 min; tokens last
 * at most 15 min, and 1 min of leeway. An hour is above either sum.
 */
const OVERLAP_SECONDS = 3_600;

/** The times for keys that sign for so many days. */
export function rotationTimes(days: number): RotationTimes {
  return { period: days * 86_400, published: OVERLAP_SECONDS, retired: OVERLAP_SECONDS };
}

/** What was done to the keys. */
export interface RotationStep {
  /** Published, to sign later. */
  readonly announced?: string;
  readonly activated?: string;
  readonly removed: readonly string[];
}

const NOTHING: RotationStep = { removed: [] };

/**
 * Rotates the signing keys: next, active, retiring, gone. The state is rows, the time the database's, and the step a
 * transaction under a lock, so that of any number of replicas exactly one takes it, and another if that one dies (R29).
 */
export class KeyRotation {
  constructor(
    private readonly database: Database,
    private readonly seal: KeySeal,
    private readonly times: RotationTimes,
  ) {}

  /** Does what is due; nothing while another replica does. */
  async tick(): Promise<RotationStep> {
    return this.database.transaction(async (tx) => {
      const [lock] = await tx.query<{ held: boolean }>(TRY_ROTATION_LOCK);
      return lock?.held === true ? this.#step(tx) : NOTHING;
    });
  }

  /** Has the next key sign as soon as verifiers know it, whatever the schedule: call {@link tick} until it does. */
  async announce(): Promise<RotationStep> {
    return this.database.transaction(async (tx) => {
      await tx.query(TAKE_ROTATION_LOCK);
      const [state] = await tx.query<RotationState>(ROTATION_STATE);
      if (state?.next_kid) return NOTHING;
      return { announced: await this.#announce(tx), removed: [] };
    });
  }

  /**
   * A new key signs at once and every other is gone at once: for a private key that others may have. All access tokens
   * given so far are refused as soon as verifiers read the keys anew (auth within a minute, others within ten);
   * refresh tokens go on.
   */
  async replace(): Promise<RotationStep> {
    return this.database.transaction(async (tx) => {
      await tx.query(TAKE_ROTATION_LOCK);
      const kid = await this.#announce(tx);
      await this.#activate(tx, kid);
      const removed = await tx.query<{ kid: string }>(REMOVE_OTHER_KEYS);
      return { activated: kid, removed: removed.map((row) => row.kid) };
    });
  }

  async #step(tx: Tx): Promise<RotationStep> {
    const { period, published, retired } = this.times;
    const [state] = await tx.query<RotationState>(ROTATION_STATE);
    const removed = (await tx.query<{ kid: string }>(REMOVE_RETIRED_KEYS, [retired])).map(({ kid }) => kid);
    const signed = state?.active_for ?? Number.POSITIVE_INFINITY;
    if (!state?.next_kid) {
      return signed >= period - published ? { announced: await this.#announce(tx), removed } : { removed };
    }
    if ((state.next_for ?? 0) < published) return { removed };
    await this.#activate(tx, state.next_kid);
    return { activated: state.next_kid, removed };
  }

  async #announce(tx: Tx): Promise<string> {
    const key = await newSigningKey(this.seal);
    await tx.query(INSERT_NEXT_KEY, [...key]);
    return key[0];
  }

  async #activate(tx: Tx, kid: string): Promise<void> {
    await tx.query(RETIRE_ACTIVE_KEY);
    await tx.query(ACTIVATE_KEY, [kid]);
  }
}

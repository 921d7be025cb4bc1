import { fullJitter, pause } from '@lethe/kernel';
import type { StreamDefinition } from '@lethe/topology';
import type { UserRecord } from '../../user-record.js';
import type { DeadLetter } from './dead-letters.js';
import type { HandlingSettings } from '../handling-options.js';
import type { Tenure } from '../tenure.js';

/** A record that cannot be handled, and why. */
export interface Unhandled {
  readonly record: UserRecord;
  readonly error: unknown;
}

type ParkingSettings = Pick<
  HandlingSettings<StreamDefinition>,
  'application' | 'stream' | 'deadLetters' | 'retry' | 'onEvent' | 'timers'
>;

/** Hands records to the dead letters, and does not go on before they are there. */
export class Parking {
  constructor(
    private readonly settings: ParkingSettings,
    private readonly tenure: Tenure,
    private readonly stop: AbortSignal,
  ) {}

  /** Whether they were parked; not where it was stopped before. Throws a LeaseLostError. */
  async park(unhandled: readonly Unhandled[]): Promise<boolean> {
    const { deadLetters, retry, onEvent, timers } = this.settings;
    if (!deadLetters) throw new TypeError('there are no dead letters');
    const { shardId, lost } = this.tenure;
    const letters = unhandled.map((each) => this.#letter(each));
    const interrupted = AbortSignal.any([this.stop, lost]);
    for (let attempt = 1; ; attempt += 1) {
      this.tenure.assertHeld();
      try {
        await deadLetters.park(letters, lost);
        break;
      } catch (error) {
        onEvent({ type: 'parking-failed', shardId, attempt, error });
      }
      if (this.stop.aborted) return false;
      await pause(fullJitter(attempt, retry.backoff, timers.random), interrupted, timers);
      if (this.stop.aborted) return false;
    }
    for (const { record, error } of unhandled) {
      const { sequenceNumber, subSequenceNumber } = record;
      const sub = subSequenceNumber === undefined ? {} : { subSequenceNumber };
      onEvent({ type: 'record-parked', shardId, sequenceNumber, ...sub, error });
    }
    return true;
  }

  #letter({ record, error }: Unhandled): DeadLetter {
    const { stream, application } = this.settings;
    const { checkpoint: _, ...about } = record;
    return { stream, application, shardId: this.tenure.shardId, ...about, error };
  }
}

import { type BackoffOptions, type Timers, fullJitter, pause } from '@lethe/kernel';
import type { EntryFailure } from './sqs-queue.js';

export interface PersistenceOptions {
  readonly attempts: number;
  /** In milliseconds. */
  readonly backoff: BackoffOptions;
  readonly timers: Timers;
  /** Ends the pauses, and with them the tries. */
  readonly giveUp: AbortSignal;
}

/** Asks again for an entry that SQS did not take, until it does, or refuses it for good, or the tries are over. */
export class Persistence {
  constructor(private readonly options: PersistenceOptions) {}

  /** Whether SQS took it. Never rejects. `failed` is told of each try in vain. */
  async ask(
    send: () => Promise<EntryFailure | undefined>,
    failed: (attempt: number, failure: EntryFailure | { readonly err: unknown }) => void,
  ): Promise<boolean> {
    const { attempts, backoff, timers, giveUp } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const failure = await send();
        if (!failure) return true;
        failed(attempt, failure);
        if (failure.senderFault) return false;
      } catch (err) {
        failed(attempt, { err });
      }
      if (attempt >= attempts || giveUp.aborted) return false;
      await pause(fullJitter(attempt, backoff, timers.random), giveUp, timers);
    }
  }
}

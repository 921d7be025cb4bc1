import { DeliveryTimeoutError } from './delivery.errors.js';

/** How a step waits: it asks every so often, and gives up after so many seconds of asking. */
export interface Patience {
  readonly everySeconds: number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Asks until there is an answer. Throws a {@link DeliveryTimeoutError} when `seconds` have gone by without one. */
export async function until<T>(
  what: string,
  seconds: number,
  { everySeconds, pause }: Patience,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  for (let waited = 0; waited <= seconds; waited += everySeconds) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(everySeconds * 1_000);
  }
  throw new DeliveryTimeoutError(what, seconds);
}

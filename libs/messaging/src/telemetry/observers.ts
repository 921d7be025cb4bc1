import type { ConsumerObserver } from '../consumer/consumer.types.js';

/**
 * One observer that tells each of several; those that are not there are left out, and so is what none of them hears of,
 * which then costs nothing.
 */
export function observers(...all: readonly (ConsumerObserver | undefined)[]): ConsumerObserver {
  const told = all.filter((observer) => observer !== undefined);
  const heard = (what: keyof ConsumerObserver): boolean => told.some((observer) => observer[what] !== undefined);
  const observer: Required<ConsumerObserver> = {
    received: (count, waitedMs) => {
      for (const one of told) one.received?.(count, waitedMs);
    },
    settled: (settled) => {
      for (const one of told) one.settled?.(settled);
    },
    repeated: (received) => {
      for (const one of told) one.repeated?.(received);
    },
    state: (state) => {
      for (const one of told) one.state?.(state);
    },
  };
  return {
    ...(heard('received') && { received: observer.received }),
    ...(heard('settled') && { settled: observer.settled }),
    ...(heard('repeated') && { repeated: observer.repeated }),
    ...(heard('state') && { state: observer.state }),
  };
}

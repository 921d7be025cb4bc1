import type { ConsumerObserver } from '../consumer/consumer.types.js';

/** One observer that tells each of several; those that are not there are left out. */
export function observers(...all: readonly (ConsumerObserver | undefined)[]): ConsumerObserver {
  const told = all.filter((observer) => observer !== undefined);
  return {
    received: (count, waitedMs) => {
      for (const observer of told) observer.received?.(count, waitedMs);
    },
    settled: (settled) => {
      for (const observer of told) observer.settled?.(settled);
    },
    repeated: (received) => {
      for (const observer of told) observer.repeated?.(received);
    },
    state: (state) => {
      for (const observer of told) observer.state?.(state);
    },
  };
}

import type { Profile, Work } from '../data/profile.js';

/** An operation of a service that an order takes more often, or less, than the profile says. */
export interface Drift {
  readonly service: string;
  readonly operation: string;
  readonly profile: number;
  readonly now: number;
}

/** Calls that follow from an order alone: receives depend on how long one polls, reads of streams on clicks. */
const COUNTED = /^(sns\.Publish|sqs\.(Send|Delete)|dynamodb\.(Put|Update|Delete|Transact|Get)Item)/;
/** Messages that happen to come together share a call: so much of one is no drift. */
const CHANCE = 0.5;

/**
 * Where the calls of an order, placed alone, have moved away from the profile: by more than half a call and a quarter of what it
 * was. Then the profile is to be measured anew.
 */
export function driftOf(profile: Profile, now: Readonly<Record<string, Work>>): Drift[] {
  return Object.entries(profile.services).flatMap(([service, { perOrder }]) => {
    const calls = now[service]?.calls ?? {};
    return [...new Set([...Object.keys(perOrder.calls), ...Object.keys(calls)])]
      .filter((operation) => COUNTED.test(operation))
      .map((operation) => ({ service, operation, profile: perOrder.calls[operation] ?? 0, now: calls[operation] ?? 0 }))
      .filter((one) => Math.abs(one.now - one.profile) > Math.max(CHANCE, one.profile / 4));
  });
}

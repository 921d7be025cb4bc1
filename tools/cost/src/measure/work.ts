import type { DatabaseWork, Profile, Work } from '../data/profile.js';
import type { Snapshot } from './snapshot.js';

/** What was done between two snapshots. */
export interface Between {
  readonly seconds: number;
  readonly services: Readonly<Record<string, Work>>;
  readonly database: DatabaseWork;
  readonly storedBytes: number;
  readonly valkeyCommands: number;
}

const NOTHING: Work = { cpuSeconds: 0, requests: 0, requestSeconds: 0, calls: {}, logBytes: 0 };

/** Each number of both by `combine`; what one of them does not have is 0 in it. */
function combined(left: Work, right: Work, combine: (left: number, right: number) => number): Work {
  const operations = new Set([...Object.keys(left.calls), ...Object.keys(right.calls)]);
  return {
    cpuSeconds: combine(left.cpuSeconds, right.cpuSeconds),
    requests: combine(left.requests, right.requests),
    requestSeconds: combine(left.requestSeconds, right.requestSeconds),
    calls: Object.fromEntries(
      [...operations].sort().map((key) => [key, combine(left.calls[key] ?? 0, right.calls[key] ?? 0)]),
    ),
    logBytes: combine(left.logBytes, right.logBytes),
  };
}

const databaseCombined = (
  left: DatabaseWork,
  right: DatabaseWork,
  combine: (left: number, right: number) => number,
): DatabaseWork => ({
  cpuSeconds: combine(left.cpuSeconds, right.cpuSeconds),
  transactions: combine(left.transactions, right.transactions),
  walBytes: combine(left.walBytes, right.walBytes),
});

const since = (left: number, right: number): number => Math.max(0, right - left);

/** What was done from one snapshot to the other. */
export function between(from: Snapshot, to: Snapshot): Between {
  return {
    seconds: (to.at - from.at) / 1_000,
    services: Object.fromEntries(
      Object.entries(to.services).map(([name, work]) => [name, combined(from.services[name] ?? NOTHING, work, since)]),
    ),
    database: databaseCombined(from.database, to.database, since),
    storedBytes: since(from.storedBytes, to.storedBytes),
    valkeyCommands: since(from.valkeyCommands, to.valkeyCommands),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** What each of `times` took, less what the store does anyway in that time. */
export function perEach(done: Between, idle: Between, times: number): Between {
  const share = done.seconds / idle.seconds;
  const each = (left: number, right: number): number => rounded(Math.max(0, left - right * share) / times);
  return {
    seconds: rounded(done.seconds / times),
    services: Object.fromEntries(
      Object.entries(done.services).map(([name, work]) => [name, combined(work, idle.services[name] ?? NOTHING, each)]),
    ),
    database: databaseCombined(done.database, idle.database, each),
    storedBytes: each(done.storedBytes, idle.storedBytes),
    valkeyCommands: each(done.valkeyCommands, idle.valkeyCommands),
  };
}

/** What one replica of each service does in an hour in which nobody asks it anything. */
export function perHour(idle: Between, replicas: number): Readonly<Record<string, Work>> {
  const hourly = (value: number): number => rounded((value * 3_600) / idle.seconds / replicas);
  return Object.fromEntries(
    Object.entries(idle.services).map(([name, work]) => [name, combined(work, NOTHING, hourly)]),
  );
}

/** What each of `times` took, less what replicas do anyway by a profile. */
export function lessIdle(done: Between, { services }: Profile, times: number): Readonly<Record<string, Work>> {
  const share = done.seconds / 3_600;
  const each = (left: number, right: number): number => rounded(Math.max(0, left - right * share) / times);
  return Object.fromEntries(
    Object.entries(done.services).map(([name, work]) => [
      name,
      combined(work, services[name]?.idlePerHour ?? NOTHING, each),
    ]),
  );
}

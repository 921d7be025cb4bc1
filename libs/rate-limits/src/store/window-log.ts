import { type Counter, type Tally } from './rate-limit-store.js';

/** So many permits, the last of them given at this time (ms since the epoch). */
export interface LogEntry {
  readonly at: number;
  readonly count: number;
}

/** When permits were given: oldest first, times strictly rising. */
export type WindowLog = readonly LogEntry[];

/**
 * Most entries of a log, so that it stays below 2 KiB. Up to this limit each permit has a time of its own and comes back
 * exactly one window after it was given. Above it, permits given within 1/256 of a window of each other share an entry and
 * come back with the last of them: never early, at most 0.4 % of a window late.
 */
export const MOST_ENTRIES = 256;

/** Width in milliseconds of the spans within which permits share an entry. */
export function grainOf({ limit, windowMs }: Counter): number {
  return limit <= MOST_ENTRIES ? 1 : Math.ceil(windowMs / MOST_ENTRIES);
}

/** The permits that are still out: a permit given at t is out until, and not at, t + window. */
export function stillOut(log: WindowLog, { windowMs }: Counter, now: number): WindowLog {
  const first = log.findIndex(({ at }) => at > now - windowMs);
  return first === -1 ? [] : log.slice(first);
}

/** Gives as many of the permits wanted as there are. The log given must hold only what is still out. */
export function grant(
  log: WindowLog,
  counter: Counter,
  { wanted, now }: { wanted: number; now: number },
): { log: WindowLog; tally: Tally } {
  const out = permitsIn(log);
  const granted = Math.max(0, Math.min(wanted, counter.limit - out));
  const next = granted === 0 ? log : appended(log, { at: now, count: granted }, grainOf(counter));
  return { log: next, tally: tallyOf(next, counter, { granted, now }) };
}

/** How a log of permits that are still out stands. */
export function tallyOf(
  log: WindowLog,
  { windowMs }: Counter,
  { granted, now }: { granted: number; now: number },
): Tally {
  const [oldest] = log;
  return { granted, used: permitsIn(log), nextMs: oldest === undefined ? 0 : oldest.at + windowMs - now };
}

function permitsIn(log: WindowLog): number {
  return log.reduce((sum, { count }) => sum + count, 0);
}

/** A clock that lags behind the one that wrote last must not make permits older than they are. */
function appended(log: WindowLog, { at, count }: LogEntry, grain: number): WindowLog {
  const last = log.at(-1);
  if (last === undefined) return [{ at, count }];
  const time = Math.max(at, last.at);
  const together = Math.floor(time / grain) === Math.floor(last.at / grain);
  return together ? [...log.slice(0, -1), { at: time, count: last.count + count }] : [...log, { at: time, count }];
}

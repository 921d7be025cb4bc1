import type { Schedule } from './schedule.js';

/** Where the schedules of one service are kept, and what fires them. Also the injection token. */
export abstract class Schedules {
  /** Sets one up, or brings it in line; where it is in line already nothing happens, and its ticks stay. */
  abstract put(schedule: Schedule): Promise<void>;
  /** Takes one away; nothing happens where there is none. */
  abstract remove(name: string): Promise<void>;
  /** The names of all, sorted. */
  abstract list(): Promise<readonly string[]>;
}

/**
 * Brings what is kept in line with what the service defines, by the step that migrates it and never by a replica (H33).
 * Safe to run twice, or twice at once.
 */
export async function syncSchedules(schedules: Schedules, defined: readonly Schedule[]): Promise<void> {
  for (const schedule of defined) await schedules.put(schedule);
  const names = new Set(defined.map(({ name }) => name));
  const gone = (await schedules.list()).filter((name) => !names.has(name));
  for (const name of gone) await schedules.remove(name);
}

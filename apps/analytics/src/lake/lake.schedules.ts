import { KeepLake } from '@lethe/contracts';
import { type Schedule, defineSchedule, rate } from '@lethe/schedules';

/** What the service does again and again by the clock. */
export const lakeSchedules: readonly Schedule[] = [
  defineSchedule<typeof KeepLake>({ name: 'keep-lake', command: KeepLake, every: rate(1, 'minute'), data: {} }),
];

import type { Database } from '@lethe/database';
import { formatRecurrence, nextTick, timeZoneOf } from '../recurrence.js';
import type { Schedule } from '../schedule.js';
import { Schedules } from '../schedules.js';
import { ScheduleDefinitionError } from '../schedules.errors.js';
import { LIST, NOW, PUT, REMOVE } from './schedule.sql.js';

/** Schedules in the service's own Postgres; a `Ticker` in each replica fires them. */
export class PostgresSchedules extends Schedules {
  constructor(private readonly database: Pick<Database, 'query' | 'transaction'>) {
    super();
  }

  override async put({ name, command, every, data, key }: Schedule): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [clock] = await tx.query<{ now: Date }>(NOW);
      const next = clock && nextTick(every, clock.now.getTime());
      if (next === undefined) throw new ScheduleDefinitionError(name, 'never comes again');
      const [expression, zone] = [formatRecurrence(every), timeZoneOf(every)];
      await tx.query(PUT, [name, expression, zone, command.type, key, JSON.stringify(data), new Date(next)]);
    });
  }

  override async remove(name: string): Promise<void> {
    await this.database.query(REMOVE, [name]);
  }

  override async list(): Promise<readonly string[]> {
    return (await this.database.query<{ name: string }>(LIST)).map(({ name }) => name);
  }
}

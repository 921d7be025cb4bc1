import type { MigrationClass, MigrationInterface, QueryRunner } from '@lethe/database';

/** A table of as many rows as the service has schedules: a handful, so that it needs no index but its key. */
export class ScheduleTable1767225600060 implements MigrationInterface {
  readonly name = 'ScheduleTable1767225600060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE schedule (
        name text PRIMARY KEY,
        expression text NOT NULL,
        time_zone text NOT NULL,
        type text NOT NULL,
        key text NOT NULL,
        data jsonb NOT NULL,
        next_at timestamptz NOT NULL,
        last_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE schedule');
  }
}

/** Table `schedule`; a service lists it before its own migrations. */
export const scheduleMigrations: readonly MigrationClass[] = [ScheduleTable1767225600060];

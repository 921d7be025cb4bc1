import type { MigrationInterface, QueryRunner } from '@lethe/database';

/** How far the lake is filled with what was counted before there was one. Only adds (R38). */
export class CreateLakeBackfill1768000000021 implements MigrationInterface {
  readonly name = 'CreateLakeBackfill1768000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE lake_backfill (source text CONSTRAINT lake_backfill_pkey PRIMARY KEY, after text NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE lake_backfill');
  }
}

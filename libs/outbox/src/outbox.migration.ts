import type { MigrationClass, MigrationInterface, QueryRunner } from '@lethe/database';

/**
 * Outbox: rows leave by DELETE, so that it stays as small as the backlog. `outbox_head` answers "which row is the first
 * of its key?" and leads from key to key; it leaves out parked rows.
 * A queue's table dies a thousand deaths a second: vacuum must not wait for a fifth of it to be dead.
 */
export class OutboxTables1735689600000 implements MigrationInterface {
  readonly name = 'OutboxTables1735689600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        key text COLLATE "C" NOT NULL,
        type text NOT NULL,
        body text NOT NULL,
        traceparent text,
        created_at timestamptz NOT NULL DEFAULT now(),
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        parked_at timestamptz,
        last_error text
      ) WITH (
        autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 1000,
        autovacuum_analyze_scale_factor = 0,
        autovacuum_analyze_threshold = 1000
      )`);
    await runner.query('CREATE INDEX outbox_head ON outbox (key, seq) WHERE parked_at IS NULL');
    await runner.query('CREATE INDEX outbox_parked ON outbox (parked_at) WHERE parked_at IS NOT NULL');
    await runner.query(`
      CREATE TABLE inbox (
        message_id uuid PRIMARY KEY,
        received_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX inbox_received_at ON inbox (received_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox');
    await runner.query('DROP TABLE outbox');
  }
}

/**
 * Messages of later. Only adds: replicas of the version before never look here, so that they send none of them early, and
 * find them in `outbox` once a newer relay has put them in line (R38).
 */
export class OutboxSchedule1767225600000 implements MigrationInterface {
  readonly name = 'OutboxSchedule1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox_scheduled (
        id uuid PRIMARY KEY,
        key text COLLATE "C" NOT NULL,
        type text NOT NULL,
        body text NOT NULL,
        traceparent text,
        deliver_at timestamptz NOT NULL
      ) WITH (
        autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_threshold = 1000,
        autovacuum_analyze_scale_factor = 0.02,
        autovacuum_analyze_threshold = 1000
      )`);
    await runner.query('CREATE INDEX outbox_scheduled_due ON outbox_scheduled (deliver_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_scheduled');
  }
}

/** Tables `outbox`, `outbox_scheduled` and `inbox`; a service lists them before its own migrations. */
export const outboxMigrations: readonly MigrationClass[] = [OutboxTables1735689600000, OutboxSchedule1767225600000];

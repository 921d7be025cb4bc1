import type { MigrationInterface, QueryRunner } from '@lethe/database';

/**
 * What a sign-in shows of itself, and the account's epoch: it rises whenever the sign-ins of the account end, so that one
 * whose password was checked before cannot begin after. Older replicas ignore the columns (R38).
 */
export class OpenSessions1764633600000 implements MigrationInterface {
  readonly name = 'OpenSessions1764633600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account ADD COLUMN session_epoch integer NOT NULL DEFAULT 0');
    await runner.query(`
      ALTER TABLE session
        ADD COLUMN client_id text NOT NULL DEFAULT 'lethe-direct',
        ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN address text NOT NULL DEFAULT '',
        ADD COLUMN user_agent text NOT NULL DEFAULT ''`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE session
        DROP COLUMN client_id, DROP COLUMN last_used_at, DROP COLUMN address, DROP COLUMN user_agent`);
    await runner.query('ALTER TABLE account DROP COLUMN session_epoch');
  }
}

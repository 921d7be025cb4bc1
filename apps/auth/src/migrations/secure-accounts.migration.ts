import type { MigrationInterface, QueryRunner } from '@lethe/database';

/**
 * What makes an account safe to keep: whether its address was verified and it may be used, codes sent by mail, second
 * factors, recovery codes, and what was done to accounts by whom. Only adds: older replicas go on (R38).
 */
export class SecureAccounts1764720000000 implements MigrationInterface {
  readonly name = 'SecureAccounts1764720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account
        ADD COLUMN version integer NOT NULL DEFAULT 1,
        ADD COLUMN email_verified_at timestamptz,
        ADD COLUMN disabled_at timestamptz,
        ADD COLUMN pending_email text`);
    await runner.query(`
      CREATE TABLE account_code (
        account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        purpose text NOT NULL,
        hash bytea NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL,
        message_id uuid NOT NULL,
        sent_at timestamptz,
        PRIMARY KEY (account_id, purpose)
      )`);
    await runner.query(`
      CREATE TABLE second_factor (
        account_id uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        sealed_secret bytea NOT NULL,
        last_step bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        confirmed_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE recovery_code (
        account_id uuid NOT NULL REFERENCES second_factor (account_id) ON DELETE CASCADE,
        hash bytea NOT NULL,
        PRIMARY KEY (account_id, hash)
      )`);
    await runner.query(`
      CREATE TABLE audit_event (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        event text NOT NULL,
        account_id uuid NOT NULL,
        actor_id uuid NOT NULL,
        facts jsonb NOT NULL
      )`);
    await runner.query('CREATE INDEX audit_event_account ON audit_event (account_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_event, recovery_code, second_factor, account_code');
    await runner.query(`
      ALTER TABLE account
        DROP COLUMN version, DROP COLUMN email_verified_at, DROP COLUMN disabled_at, DROP COLUMN pending_email`);
  }
}

import type { MigrationInterface, QueryRunner } from '@lethe/database';

/**
 * Authorization codes, kept as SHA-256 of their 256 random bits, and the browser session a sign-in came from: that is the
 * SHA-256 of a cookie, which opens nothing.
 */
export class AuthorizationCodes1764633600002 implements MigrationInterface {
  readonly name = 'AuthorizationCodes1764633600002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE session ADD COLUMN browser text');
    await runner.query(`
      CREATE TABLE authorization_code (
        hash bytea PRIMARY KEY,
        client_id text NOT NULL,
        redirect_uri text NOT NULL,
        challenge text NOT NULL,
        scope text NOT NULL,
        nonce text,
        account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        session_epoch integer NOT NULL,
        browser text NOT NULL,
        authenticated_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        session_id uuid REFERENCES session (id) ON DELETE SET NULL
      )`);
    await runner.query('CREATE INDEX authorization_code_account ON authorization_code (account_id)');
    await runner.query('CREATE INDEX authorization_code_session ON authorization_code (session_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authorization_code');
    await runner.query('ALTER TABLE session DROP COLUMN browser');
  }
}

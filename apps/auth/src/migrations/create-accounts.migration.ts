import type { MigrationInterface, QueryRunner } from '@lethe/database';

/**
 * Accounts, sign-ins ("session": a family of refresh tokens) and signing keys. Refresh tokens are kept as SHA-256 of
 * their 256 random bits (S18); private keys encrypted.
 */
export class CreateAccounts1764547200000 implements MigrationInterface {
  readonly name = 'CreateAccounts1764547200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        email text NOT NULL,
        email_key text NOT NULL CONSTRAINT account_email_key UNIQUE,
        name text NOT NULL,
        roles text[] NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE session (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_for text
      )`);
    await runner.query('CREATE INDEX session_account ON session (account_id)');
    await runner.query('CREATE INDEX session_expires_at ON session (expires_at)');
    await runner.query(`
      CREATE TABLE refresh_token (
        hash bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        parent bytea,
        issued_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      )`);
    await runner.query('CREATE INDEX refresh_token_session ON refresh_token (session_id)');
    await runner.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        sealed_private_key bytea NOT NULL,
        active boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX signing_key_active ON signing_key (active) WHERE active');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE signing_key, refresh_token, session, account');
  }
}

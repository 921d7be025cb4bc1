import type { MigrationClass, MigrationInterface, QueryRunner } from '@lethe/database';

export class IdempotencyKeyTable1735689600001 implements MigrationInterface {
  readonly name = 'IdempotencyKeyTable1735689600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_key (
        scope_hash bytea PRIMARY KEY,
        fingerprint text NOT NULL,
        status int NOT NULL,
        headers jsonb NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX idempotency_key_expires_at ON idempotency_key (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key');
  }
}

/** Table `idempotency_key`; a service lists it before its own migrations. */
export const idempotencyMigrations: readonly MigrationClass[] = [IdempotencyKeyTable1735689600001];

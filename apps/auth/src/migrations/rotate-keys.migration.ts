import type { MigrationInterface, QueryRunner } from '@lethe/database';

/**
 * When a key began to sign and when it ceased to. A key that is not active and never was is the next one. Older replicas
 * sign by `active` alone and publish every row, which stays right (R38).
 */
export class RotateKeys1764633600001 implements MigrationInterface {
  readonly name = 'RotateKeys1764633600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE signing_key ADD COLUMN activated_at timestamptz, ADD COLUMN retired_at timestamptz',
    );
    await runner.query('UPDATE signing_key SET activated_at = created_at WHERE active');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM signing_key WHERE NOT active');
    await runner.query('ALTER TABLE signing_key DROP COLUMN activated_at, DROP COLUMN retired_at');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The time-out that is set for an order's step. Only adds (R38): replicas of the version before leave it empty, and what
 * they place or move is found by `due_at`, which they set.
 */
export class AddOrderTimer1767225600002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders ADD COLUMN timer_id uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders DROP COLUMN timer_id');
  }
}

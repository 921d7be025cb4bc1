import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By whom and why an order came into a state. Only adds (R38): replicas of the version before leave the columns empty,
 * and so are the rows from before.
 */
export class AddHistoryCause1767225600003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE order_history ADD COLUMN actor text, ADD COLUMN cause text, ADD COLUMN message_id text',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE order_history DROP COLUMN actor, DROP COLUMN cause, DROP COLUMN message_id');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Indexes of the staff's search: by state and date, and by product. By customer there is one. Only adds (R38). */
export class AddOrderSearch1767225600012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX orders_by_status ON orders (status, placed_at, id)');
    await runner.query('CREATE INDEX order_line_by_product ON order_line (product_id, order_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX order_line_by_product, orders_by_status');
  }
}

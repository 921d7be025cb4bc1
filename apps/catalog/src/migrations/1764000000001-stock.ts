import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Stock and what is set aside for orders. The database itself refuses to lose a unit (C3) or to owe one (R25). */
export class Stock1764000000001 implements MigrationInterface {
  readonly name = 'Stock1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stock (
        product_id uuid PRIMARY KEY REFERENCES product (id),
        available bigint NOT NULL CHECK (available >= 0),
        reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        sold bigint NOT NULL DEFAULT 0 CHECK (sold >= 0),
        initial bigint NOT NULL CHECK (initial >= 0),
        adjusted bigint NOT NULL DEFAULT 0,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT stock_conserved CHECK (available + reserved + sold = initial + adjusted)
      ) WITH (fillfactor = 80)`);
    await runner.query(`
      CREATE TABLE reservation_state (
        order_id uuid PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('reserved', 'rejected', 'released', 'sold')),
        shortages jsonb,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // Lines of open reservations only. Products are never removed, so no foreign key is paid for on the hot path.
    await runner.query(`
      CREATE TABLE reservation (
        order_id uuid NOT NULL,
        product_id uuid NOT NULL,
        quantity bigint NOT NULL CHECK (quantity > 0),
        PRIMARY KEY (order_id, product_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reservation, reservation_state, stock');
  }
}

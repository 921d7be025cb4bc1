import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The journal of corrections by hand. `stock_version` is the version of the stock that the correction made: it only grows
 * under the lock of the row, so it numbers the entries of a product in the order of their commits, whatever clocks say.
 */
export class StockAdjustments1764000000003 implements MigrationInterface {
  readonly name = 'StockAdjustments1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE stock_adjustment (
        product_id uuid NOT NULL REFERENCES stock (product_id),
        stock_version integer NOT NULL,
        adjusted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor text NOT NULL,
        delta bigint NOT NULL,
        reason text NOT NULL,
        note text CHECK (char_length(note) <= 500),
        available bigint NOT NULL CHECK (available >= 0),
        PRIMARY KEY (product_id, stock_version)
      )`);
    // A replica of the version before, which goes on during a roll-out, corrects without an entry: the row of stock then
    // brings its own. Whoever writes one in the same statement has it already; reservations and sales never come here.
    await runner.query(`
      CREATE FUNCTION stock_adjustment_complete() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO stock_adjustment (product_id, stock_version, actor, delta, reason, available)
        VALUES (NEW.product_id, NEW.version, 'service:catalog', NEW.adjusted - OLD.adjusted, 'correction', NEW.available)
        ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER stock_adjusted AFTER UPDATE OF adjusted ON stock
      FOR EACH ROW WHEN (NEW.adjusted <> OLD.adjusted) EXECUTE FUNCTION stock_adjustment_complete()`);
    // After the trigger, which has locked the table until the commit: no correction falls between the two.
    await runner.query(`
      INSERT INTO stock_adjustment (product_id, stock_version, actor, delta, reason, note, available)
      SELECT product_id, version, 'service:catalog', adjusted, 'correction', 'The sum of all before the journal.', available
      FROM stock WHERE adjusted <> 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER stock_adjusted ON stock');
    await runner.query('DROP FUNCTION stock_adjustment_complete');
    await runner.query('DROP TABLE stock_adjustment');
  }
}

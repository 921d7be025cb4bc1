import type { MigrationInterface, QueryRunner } from '@lethe/database';
import {
  countCameBack,
  countCategories,
  countOutcomes,
  countProducts,
  countRefunds,
  countSold,
} from './sales-windows.js';
import { counting, trigger } from './statement-trigger.js';

const BECAME = `SELECT fresh.* FROM fresh JOIN stale USING (order_id)
  WHERE fresh.outcome = 'confirmed' AND stale.outcome <> 'confirmed'`;
const CHANGED = `SELECT placed_at, outcome, 1 AS change FROM fresh UNION ALL SELECT placed_at, outcome, -1 FROM stale`;
const SOLD = `WHERE outcome = 'confirmed'`;
const FULL = 'WHERE is_full';

/**
 * In the database, so that replicas of the version before are counted, too (R38), and nothing can write a fact and forget
 * its windows: once per fact, in the transaction of the fact, a set at a time.
 */
const TRIGGERS = [
  counting(
    'count_new_orders',
    countSold(`SELECT * FROM fresh ${SOLD}`),
    countOutcomes('SELECT placed_at, outcome, 1 AS change FROM fresh'),
  ),
  trigger('order_fact', 'INSERT', 'count_new_orders'),
  counting('count_changed_orders', countSold(BECAME), countOutcomes(CHANGED)),
  trigger('order_fact', 'UPDATE', 'count_changed_orders'),
  counting('count_lines', countCategories('SELECT * FROM fresh'), countProducts('SELECT * FROM fresh')),
  trigger('order_line_fact', 'INSERT', 'count_lines'),
  counting(
    'count_refunds',
    countRefunds('SELECT * FROM fresh'),
    countCameBack('refunded', `SELECT order_id, placed_at FROM fresh ${FULL}`),
  ),
  trigger('order_refund_fact', 'INSERT', 'count_refunds'),
  counting('count_returns', countCameBack('returned', 'SELECT order_id, placed_at FROM fresh')),
  trigger('order_return_fact', 'INSERT', 'count_returns'),
];

/** What was counted before there were windows. The triggers hold off whoever writes until the commit. */
const PAST = [
  countSold(`SELECT * FROM order_fact ${SOLD}`),
  countOutcomes('SELECT placed_at, outcome, 1 AS change FROM order_fact'),
  countCategories('SELECT * FROM order_line_fact'),
  countProducts('SELECT * FROM order_line_fact'),
  countRefunds('SELECT * FROM order_refund_fact'),
  countCameBack('refunded', `SELECT order_id, placed_at FROM order_refund_fact ${FULL}`),
  countCameBack('returned', 'SELECT order_id, placed_at FROM order_return_fact'),
];

/** Sales in windows of time, kept with every fact. Only adds (R38). */
export class CreateSalesWindows1768000000002 implements MigrationInterface {
  readonly name = 'CreateSalesWindows1768000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [...TRIGGERS, ...PAST]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER count_returns ON order_return_fact');
    await runner.query('DROP TRIGGER count_refunds ON order_refund_fact');
    await runner.query('DROP TRIGGER count_lines ON order_line_fact');
    await runner.query('DROP TRIGGER count_changed_orders ON order_fact');
    await runner.query('DROP TRIGGER count_new_orders ON order_fact');
    await runner.query(
      'DROP FUNCTION count_returns, count_refunds, count_lines, count_changed_orders, count_new_orders',
    );
  }
}

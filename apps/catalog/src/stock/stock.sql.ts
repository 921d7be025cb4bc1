import { statement } from '@lethe/database';

/**
 * Makes orders known here, and gives those that were not. Waits for a transaction that is doing the same.
 * $1 order ids, in ascending order
 */
export const CLAIM_ORDERS = statement(
  'catalog.claim-orders',
  `INSERT INTO reservation_state (order_id, state) SELECT id, 'reserved' FROM unnest($1::uuid[]) AS given (id)
   ON CONFLICT (order_id) DO NOTHING RETURNING order_id AS "orderId"`,
);

/** $1 order id */
export const FIND_RESERVATION_STATE = statement(
  'catalog.find-reservation-state',
  'SELECT state, shortages FROM reservation_state WHERE order_id = $1',
);

/**
 * What lies on the shelf, locked in the order of the ids: of two orders with the same products one waits, and neither
 * waits for the other in turn. $1 product ids
 */
export const LOCK_SHELF = statement(
  'catalog.lock-shelf',
  `SELECT s.product_id AS "productId", s.available
   FROM stock s JOIN product p ON p.id = s.product_id
   WHERE s.product_id = ANY ($1::uuid[]) AND p.deleted_at IS NULL
   ORDER BY s.product_id
   FOR UPDATE OF s`,
);

/** Sets aside what {@link LOCK_SHELF} has shown to be there. A line each: $1 order ids, $2 product ids, $3 quantities */
export const RESERVE_LINES = statement(
  'catalog.reserve-lines',
  `WITH line AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS line (order_id, product_id, quantity)
   ), kept AS (
     INSERT INTO reservation (order_id, product_id, quantity) SELECT order_id, product_id, quantity FROM line
   ), taken AS (
     SELECT product_id, sum(quantity)::bigint AS quantity FROM line GROUP BY product_id
   )
   UPDATE stock s
   SET available = s.available - taken.quantity, reserved = s.reserved + taken.quantity, version = s.version + 1
   FROM taken WHERE s.product_id = taken.product_id`,
);

/** $1 order ids, $2 shortages of each */
export const REJECT_ORDERS = statement(
  'catalog.reject-orders',
  `UPDATE reservation_state r SET state = 'rejected', shortages = given.shortages::jsonb
   FROM unnest($1::uuid[], $2::text[]) AS given (order_id, shortages) WHERE r.order_id = given.order_id`,
);

/**
 * Ends a reservation, or leaves a tombstone before there is one. No row where it has ended already. A statement of its
 * own: it may wait for the reservation to commit, and only the next statement's snapshot sees the lines. $1 order id
 */
export const RELEASE_ORDER = statement(
  'catalog.release-order',
  `INSERT INTO reservation_state (order_id, state) VALUES ($1, 'released')
   ON CONFLICT (order_id) DO UPDATE SET state = 'released' WHERE reservation_state.state = 'reserved'
   RETURNING order_id`,
);

/** A product that has more on the shelf than before, and whether it is in the shop and had nothing there. */
export interface GivenBack {
  readonly productId: string;
  readonly available: number;
  readonly back: boolean;
}

/** Gives the products that have more on the shelf now, as {@link GivenBack}. $1 order id */
export const GIVE_BACK_LINES = statement(
  'catalog.give-back-lines',
  `WITH line AS (
     DELETE FROM reservation WHERE order_id = $1 RETURNING product_id, quantity
   ), locked AS (
     SELECT s.product_id, line.quantity FROM stock s JOIN line ON line.product_id = s.product_id
     ORDER BY s.product_id FOR UPDATE OF s
   )
   UPDATE stock s
   SET available = s.available + locked.quantity, reserved = s.reserved - locked.quantity, version = s.version + 1
   FROM locked WHERE s.product_id = locked.product_id
   RETURNING s.product_id AS "productId", s.available,
     s.available = locked.quantity
       AND EXISTS (SELECT FROM product p WHERE p.id = s.product_id AND p.deleted_at IS NULL) AS back`,
);

/** No row where nothing is set aside for the order. $1 order id */
export const SELL_ORDER = statement(
  'catalog.sell-order',
  `UPDATE reservation_state SET state = 'sold' WHERE order_id = $1 AND state = 'reserved' RETURNING order_id`,
);

/** What is shown of a product does not change, so neither does its version. $1 order id */
export const SELL_LINES = statement(
  'catalog.sell-lines',
  `WITH line AS (
     DELETE FROM reservation WHERE order_id = $1 RETURNING product_id, quantity
   ), locked AS (
     SELECT s.product_id, line.quantity FROM stock s JOIN line ON line.product_id = s.product_id
     ORDER BY s.product_id FOR UPDATE OF s
   )
   UPDATE stock s
   SET reserved = s.reserved - locked.quantity, sold = s.sold + locked.quantity
   FROM locked WHERE s.product_id = locked.product_id`,
);

import { statement } from '@lethe/database';

/** Makes the order known here; no row where it is. Waits for a transaction that is doing the same. $1 order id */
export const CLAIM_ORDER = statement(
  'catalog.claim-order',
  `INSERT INTO reservation_state (order_id, state) VALUES ($1, 'reserved')
   ON CONFLICT (order_id) DO NOTHING RETURNING order_id`,
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

/** Sets aside what {@link LOCK_SHELF} has shown to be there. $1 order id, $2 product ids, $3 quantities */
export const RESERVE_LINES = statement(
  'catalog.reserve-lines',
  `WITH line AS (
     SELECT * FROM unnest($2::uuid[], $3::bigint[]) AS line (product_id, quantity)
   ), kept AS (
     INSERT INTO reservation (order_id, product_id, quantity) SELECT $1, product_id, quantity FROM line
   )
   UPDATE stock s
   SET available = s.available - line.quantity, reserved = s.reserved + line.quantity, version = s.version + 1
   FROM line WHERE s.product_id = line.product_id`,
);

/** $1 order id, $2 shortages */
export const REJECT_ORDER = statement(
  'catalog.reject-order',
  `UPDATE reservation_state SET state = 'rejected', shortages = $2::jsonb WHERE order_id = $1`,
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

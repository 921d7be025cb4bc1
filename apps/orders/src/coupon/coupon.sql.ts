import { statement } from '@lethe/database';

/** A coupon as the staff sees it. */
export interface CouponRow {
  readonly code: string;
  readonly percent: number;
  readonly valid_from: Date;
  readonly valid_until: Date | null;
  readonly max_uses: number | null;
  readonly max_uses_per_customer: number | null;
  readonly used: number;
  readonly ended_at: Date | null;
  readonly created_at: Date;
}

const COLUMNS = 'code, percent, valid_from, valid_until, max_uses, max_uses_per_customer, used, ended_at, created_at';

/** Whether a coupon is valid now, and not used up by all. */
const USABLE = `ended_at IS NULL AND valid_from <= clock_timestamp()
    AND (valid_until IS NULL OR valid_until > clock_timestamp()) AND (max_uses IS NULL OR used < max_uses)`;

/** No row where there is one of this code. `$1` code, `$2` per cent, `$3` and `$4` from and until, `$5` and `$6` uses, `$7` actor. */
export const CREATE_COUPON = statement(
  'orders.create-coupon',
  `INSERT INTO coupon (code, percent, valid_from, valid_until, max_uses, max_uses_per_customer, created_by)
   VALUES ($1, $2, coalesce($3::timestamptz, clock_timestamp()), $4, $5, $6, $7)
   ON CONFLICT (code) DO NOTHING RETURNING ${COLUMNS}`,
);

/** By code. `$1` the code after which to begin, `$2` how many. */
export const LIST_COUPONS = statement(
  'orders.list-coupons',
  `SELECT ${COLUMNS} FROM coupon WHERE code > $1 ORDER BY code LIMIT $2`,
);

/** Ends a coupon; one that has ended stays as it is. `$1` code. */
export const END_COUPON = statement(
  'orders.end-coupon',
  `UPDATE coupon SET ended_at = coalesce(ended_at, clock_timestamp()) WHERE code = $1 RETURNING ${COLUMNS}`,
);

/** What a coupon takes off for a customer who may use it now: no row where they may not. `$1` code, `$2` customer. */
export const FIND_USABLE_COUPON = statement(
  'orders.find-usable-coupon',
  `SELECT percent FROM coupon
   WHERE code = $1 AND ${USABLE} AND (max_uses_per_customer IS NULL OR max_uses_per_customer > coalesce(
     (SELECT c.used FROM coupon_customer c WHERE c.code = coupon.code AND c.customer_id = $2), 0))`,
);

/**
 * Uses the coupon `$38` of `$39` per cent for customer `$9`, in the statement that places the order: `coupon_used` has a
 * row with its code, or none where it may not be used (any more), and then the order must not be written.
 *
 * Why the limits hold: each is a condition of an update of the row that counts, which waits for whoever changes that row
 * and then looks at it as it is. First the coupon, then the customer, always: of two nobody waits for the other in turn.
 */
export const USE_COUPON_CTES = `coupon_counted AS (
    UPDATE coupon SET used = used + 1
    FROM idempotency_claim
    WHERE code = $38::text AND percent = $39::int AND ${USABLE}
    RETURNING code, max_uses_per_customer),
  coupon_used AS (
    INSERT INTO coupon_customer AS c (code, customer_id, used)
    SELECT code, $9::text, 1 FROM coupon_counted
    ON CONFLICT (code, customer_id) DO UPDATE SET used = c.used + 1
      WHERE c.used < coalesce((SELECT max_uses_per_customer FROM coupon_counted), 2147483647)
    RETURNING code)`;

/** Gives the use of its coupon back; once, since whoever runs it holds the order and ends it. `$1` order. */
export const GIVE_BACK_COUPON = statement(
  'orders.give-back-coupon',
  `WITH freed AS (
     UPDATE coupon SET used = used - 1 FROM orders o WHERE o.id = $1 AND coupon.code = o.coupon
     RETURNING coupon.code, o.customer_id)
   UPDATE coupon_customer c SET used = c.used - 1 FROM freed
   WHERE c.code = freed.code AND c.customer_id = freed.customer_id`,
);

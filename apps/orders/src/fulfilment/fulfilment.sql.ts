import type { Decision } from '@lethe/contracts';
import { statement } from '@lethe/database';

const time = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The shipment of an order `o` as JSON; null where it was not released. */
export const SHIPMENT = `(
  SELECT json_strip_nulls(json_build_object(
    'releasedAt', ${time('s.released_at')}, 'pickedAt', ${time('s.picked_at')}, 'packedAt', ${time('s.packed_at')},
    'tracking', s.tracking, 'labelledAt', ${time('s.labelled_at')}, 'shippedAt', ${time('s.shipped_at')},
    'deliveredAt', ${time('s.delivered_at')}, 'calledOffAt', ${time('s.called_off_at')}))
  FROM shipment s WHERE s.order_id = o.id)`;

/** `$1` order. */
export const OPEN_SHIPMENT = statement('shipment.open', 'INSERT INTO shipment (order_id) VALUES ($1)');

export interface ShipmentRow {
  readonly picked_at: Date | null;
  readonly packed_at: Date | null;
  readonly labelled_at: Date | null;
  readonly tracking: string | null;
  readonly shipped_at: Date | null;
  readonly delivered_at: Date | null;
  readonly called_off_at: Date | null;
  readonly refund_id: string | null;
}

/** `$1` order, locked. */
export const FIND_SHIPMENT = statement(
  'shipment.find',
  `SELECT picked_at, packed_at, labelled_at, tracking, shipped_at, delivered_at, called_off_at, refund_id
   FROM shipment WHERE order_id = $1`,
);

/** Each of `$1` order, locked: notes that a step is done. */
export const NOTE_STEP = {
  pick: statement('shipment.pick', 'UPDATE shipment SET picked_at = clock_timestamp() WHERE order_id = $1'),
  pack: statement('shipment.pack', 'UPDATE shipment SET packed_at = clock_timestamp() WHERE order_id = $1'),
  /** `$2` the carrier's number. */
  label: statement(
    'shipment.label',
    'UPDATE shipment SET labelled_at = clock_timestamp(), tracking = $2 WHERE order_id = $1',
  ),
  ship: statement(
    'shipment.ship',
    'UPDATE shipment SET shipped_at = clock_timestamp() WHERE order_id = $1 RETURNING shipped_at',
  ),
  deliver: statement('shipment.deliver', 'UPDATE shipment SET delivered_at = clock_timestamp() WHERE order_id = $1'),
  /** `$2` the refund, or null. */
  callOff: statement(
    'shipment.call-off',
    'UPDATE shipment SET called_off_at = clock_timestamp(), refund_id = $2 WHERE order_id = $1',
  ),
};

export interface ApprovalRow {
  readonly decision: Decision | null;
  readonly decided_at: Date | null;
}

/** `$1` order, `$2` subject. Puts it before the staff, if it is not yet, and tells what was decided. */
export const ASK_APPROVAL = statement(
  'approval.ask',
  `WITH asked AS (INSERT INTO approval (order_id, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING)
   SELECT decision, decided_at FROM approval WHERE order_id = $1 AND subject = $2`,
);

/** `$1` order, `$2` subject. Locks it. */
export const LOCK_APPROVAL = statement(
  'approval.lock',
  'SELECT decision, decided_at FROM approval WHERE order_id = $1 AND subject = $2 FOR UPDATE',
);

/** `$1` order, `$2` subject, `$3` decision, `$4` by whom. */
export const DECIDE_APPROVAL = statement(
  'approval.decide',
  `UPDATE approval SET decision = $3, decided_at = clock_timestamp(), decided_by = $4
   WHERE order_id = $1 AND subject = $2 RETURNING decision, decided_at`,
);

export interface OpenApprovalRow {
  readonly order_id: string;
  readonly subject: string;
  /** What it is about: the order's total, or the refund. */
  readonly amount: number;
  readonly currency: string;
  readonly asked_at: Date;
}

/** Walks the index of open approvals. */
export const OPEN_APPROVALS = statement(
  'approval.open',
  `SELECT a.order_id, a.subject, coalesce(r.amount, o.total) AS amount, o.currency, a.asked_at
   FROM approval a
   JOIN orders o ON o.id = a.order_id
   LEFT JOIN refund r ON r.order_id = a.order_id AND r.id::text = a.subject
   WHERE a.decision IS NULL ORDER BY a.asked_at LIMIT 100`,
);

export interface GoodsRow {
  readonly items: { readonly productId: string; readonly quantity: number }[];
}

/** `$1` return. What came back with it. */
export const GOODS_OF_RETURN = statement(
  'return.goods',
  `SELECT json_agg(json_build_object('productId', l.product_id, 'quantity', b.quantity) ORDER BY l.position) AS items
   FROM order_return r
   JOIN order_return_line b ON b.return_id = r.id
   JOIN order_line l ON l.order_id = r.order_id AND l.position = b.position
   WHERE r.id = $1`,
);

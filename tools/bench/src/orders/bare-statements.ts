import { statement } from '@lethe/database';
import { type OrderValues, RETENTION_SECONDS, TOTAL } from './order-values.js';

/** A statement of the transaction, and its values for an order. */
export interface BareStep {
  readonly name: string;
  readonly text: string;
  readonly values: (order: OrderValues) => unknown[];
}

const step = (name: string, text: string, values: BareStep['values']): BareStep => ({
  ...statement(`bare.${name}`, text),
  values,
});

/** What placing an order writes, as six statements between BEGIN and COMMIT: the rows are those of the use case. */
export const bareSteps: readonly BareStep[] = [
  step(
    'key',
    `INSERT INTO idempotency_key (scope_hash, fingerprint, status, headers, body, expires_at)
     VALUES ($1, $2, 202, $3, $4, now() + $5 * interval '1 second')`,
    ({ id, key }) => [
      key.scopeHash,
      key.fingerprint,
      JSON.stringify({ location: `/orders/${id}` }),
      key.body,
      RETENTION_SECONDS,
    ],
  ),
  step(
    'order',
    `INSERT INTO orders (id, customer_id, status, currency, total, subtotal, payment_token, placed_at, timer_id, due_at)
     VALUES ($1, $2, 'pending', 'GBP', $3, $3, 'tok_visa', $4, $5, $6)`,
    ({ id, customerId, placedAt, timer }) => [id, customerId, TOTAL, placedAt, timer.id, timer.deliverAt],
  ),
  step(
    'lines',
    `INSERT INTO order_line (order_id, position, product_id, sku, name, quantity, unit_price)
     SELECT $1, l.position, l.product_id, l.sku, l.name, l.quantity, l.unit_price
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::int[], $6::bigint[])
       WITH ORDINALITY AS l (product_id, sku, name, quantity, unit_price, position)`,
    ({ id, lines }) => [
      id,
      lines.map(({ productId }) => productId),
      lines.map(({ sku }) => sku),
      lines.map(({ name }) => name),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice),
    ],
  ),
  step(
    'history',
    `INSERT INTO order_history (order_id, version, status, actor, cause)
     VALUES ($1, 1, 'pending', 'service:orders', 'place-order')`,
    ({ id }) => [id],
  ),
  step(
    'outbox',
    `INSERT INTO outbox (id, key, type, body)
     SELECT r.id, $1, r.type, r.body FROM unnest($2::uuid[], $3::text[], $4::text[]) AS r (id, type, body)`,
    ({ id, messages }) => [
      id,
      messages.map((message) => message.id),
      messages.map(({ type }) => type),
      messages.map(({ body }) => body),
    ],
  ),
  step(
    'timer',
    'INSERT INTO outbox_scheduled (id, key, type, body, deliver_at) VALUES ($1, $2, $3, $4, $5)',
    ({ id, timer }) => [timer.id, id, timer.type, timer.body, timer.deliverAt],
  ),
];

/** The values of the one statement of the use case, by hand: what its source says of `$1` to `$37`. */
export function oneStatementValues({ id, customerId, placedAt, key, lines, messages, timer }: OrderValues): unknown[] {
  const nothing = lines.map(() => 0);
  return [
    key.scopeHash.readBigInt64BE(0).toString(),
    key.scopeHash,
    key.fingerprint,
    202,
    JSON.stringify({ location: `/orders/${id}` }),
    key.body,
    RETENTION_SECONDS,
    id,
    customerId,
    'GBP',
    TOTAL,
    'tok_visa',
    placedAt,
    lines.map(({ productId }) => productId),
    lines.map(({ sku }) => sku),
    lines.map(({ name }) => name),
    lines.map(({ quantity }) => quantity),
    lines.map(({ unitPrice }) => unitPrice),
    messages.map((message) => message.id),
    messages.map(() => id),
    messages.map(({ type }) => type),
    messages.map(({ body }) => body),
    messages.map(() => null),
    timer.id,
    id,
    timer.type,
    timer.body,
    null,
    timer.deliverAt,
    'service:orders',
    TOTAL,
    0,
    0,
    null,
    nothing,
    nothing,
    lines.map(() => null),
  ];
}

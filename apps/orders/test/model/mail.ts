import { OrderConfirmed, ReleaseStock, ReserveStock, RestockReturn } from '@lethe/contracts';
import { type Envelope, decodeEnvelope } from '@lethe/topology';
import type { PaymentNotice } from '../../src/payment/payment.state.js';
import type { OrdersDatabase } from '../orders-database.js';

/** Something that is on its way, and to whom. */
export type Letter =
  | { readonly to: 'orders'; readonly envelope: Envelope }
  | { readonly to: 'catalog'; readonly envelope: Envelope }
  | { readonly to: 'webhook'; readonly notice: PaymentNotice };

const TO_CATALOG: ReadonlySet<string> = new Set(
  [ReserveStock, ReleaseStock, OrderConfirmed, RestockReturn].map(({ type }) => type),
);

/** Queues in the hands of the test: what was sent stays here until it is delivered, in any order and as often as it likes. */
export class Mail {
  readonly onTheWay: Letter[] = [];
  /** All that orders ever sent, by order, in the order of the commits. */
  readonly sent: Envelope[] = [];

  constructor(
    private readonly orders: OrdersDatabase,
    private readonly takes: (type: string) => boolean,
  ) {}

  /** Takes what was committed, and what has come due. */
  async collect(): Promise<void> {
    await this.orders.run(
      `WITH due AS (DELETE FROM outbox_scheduled WHERE deliver_at <= clock_timestamp() RETURNING *)
       INSERT INTO outbox (id, key, type, body, traceparent) SELECT id, key, type, body, traceparent FROM due`,
    );
    const rows = await this.orders.run<{ body: string; seq: number }>(
      'WITH gone AS (DELETE FROM outbox RETURNING seq, body) SELECT seq, body FROM gone ORDER BY seq',
    );
    for (const { body } of rows) {
      const envelope = decodeEnvelope(body);
      this.sent.push(envelope);
      this.send(envelope);
    }
  }

  /** Puts a message on its way to whoever of the two takes it. */
  send(envelope: Envelope): void {
    if (this.takes(envelope.type)) this.onTheWay.push({ to: 'orders', envelope });
    if (TO_CATALOG.has(envelope.type)) this.onTheWay.push({ to: 'catalog', envelope });
  }

  notify(notice: PaymentNotice): void {
    this.onTheWay.push({ to: 'webhook', notice });
  }

  /** It is delivered, and does not come again. */
  remove(letter: Letter): void {
    const at = this.onTheWay.indexOf(letter);
    if (at >= 0) this.onTheWay.splice(at, 1);
  }

  /** What waits for its time. */
  async later(): Promise<Envelope[]> {
    const rows = await this.orders.run<{ body: string }>('SELECT body FROM outbox_scheduled');
    return rows.map(({ body }) => decodeEnvelope(body));
  }

  /** Forgets what an earlier run left. */
  async empty(): Promise<void> {
    await this.orders.run('DELETE FROM outbox');
    await this.orders.run('DELETE FROM outbox_scheduled');
  }
}

import type { EntityClass, Statement } from '@lethe/database';
import pg from 'pg';
import { DataSource, EntitySchema } from 'typeorm';
import { bareSteps, oneStatementValues } from './bare-statements.js';
import { type OrderValues, RETENTION_SECONDS, TOTAL } from './order-values.js';
import { CONNECTIONS } from './orders-program.js';

/** Writes an order in some way. */
export interface Placer {
  readonly place: (order: OrderValues) => Promise<unknown>;
  close(): Promise<void>;
}

const poolOf = (url: string): pg.Pool => new pg.Pool({ connectionString: url, max: CONNECTIONS });

/** The six statements one after another, prepared, each awaited, as a careful hand would write them. */
export function bareOneByOne(url: string): Placer {
  const pool = poolOf(url);
  return {
    async place(order) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        for (const { name, text, values } of bareSteps) await client.query({ name, text, values: values(order) });
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** The one statement of the use case, prepared, with nothing around it. */
export function bareInOne(url: string, { name, text }: Statement): Placer {
  const pool = poolOf(url);
  return {
    place: (order) => pool.query({ name, text, values: oneStatementValues(order) }),
    close: () => pool.end(),
  };
}

const source = (url: string, entities: readonly (EntityClass | EntitySchema)[]): DataSource =>
  new DataSource({ type: 'postgres', url, poolSize: CONNECTIONS, entities: [...entities] as Function[] });

/** The six statements through TypeORM's `query()`, which prepares none. */
export async function typeormQuery(url: string): Promise<Placer> {
  const database = await source(url, []).initialize();
  return {
    place: (order) =>
      database.transaction(async (manager) => {
        for (const { text, values } of bareSteps) await manager.query(text, values(order));
      }),
    close: () => database.destroy(),
  };
}

const text = { type: 'text' } as const;
const keyEntity = new EntitySchema<Record<string, unknown>>({
  name: 'idempotency_key',
  columns: {
    scope_hash: { type: 'bytea', primary: true },
    fingerprint: text,
    status: { type: 'int' },
    headers: { type: 'jsonb' },
    body: text,
    expires_at: { type: 'timestamptz' },
  },
});
const message = { id: { type: 'uuid', primary: true }, key: text, type: text, body: text } as const;
const outboxEntity = new EntitySchema<Record<string, unknown>>({ name: 'outbox', columns: message });
const scheduledEntity = new EntitySchema<Record<string, unknown>>({
  name: 'outbox_scheduled',
  columns: { ...message, deliver_at: { type: 'timestamptz' } },
});

/** The same rows as entities through TypeORM's `save()`. */
export async function typeormSave(url: string, entities: readonly EntityClass[]): Promise<Placer> {
  const database = await source(url, [...entities, keyEntity, outboxEntity, scheduledEntity]).initialize();
  const save = async (order: OrderValues): Promise<void> => {
    const { id, customerId, placedAt, key, lines, messages, timer } = order;
    await database.transaction(async (manager) => {
      await manager.save(keyEntity, {
        scope_hash: key.scopeHash,
        fingerprint: key.fingerprint,
        status: 202,
        headers: { location: `/orders/${id}` },
        body: key.body,
        expires_at: new Date(placedAt.getTime() + RETENTION_SECONDS * 1_000),
      });
      await manager.save('OrderEntity', {
        id,
        customerId,
        placedAt,
        status: 'pending',
        currency: 'GBP',
        total: TOTAL,
        subtotal: TOTAL,
        paymentToken: 'tok_visa',
        timerId: timer.id,
        dueAt: timer.deliverAt,
      });
      await manager.save(
        'OrderLineEntity',
        lines.map((line, at) => ({ orderId: id, position: at + 1, ...line })),
      );
      const history = { orderId: id, version: 1, status: 'pending', actor: 'service:orders', cause: 'place-order' };
      await manager.save('OrderHistoryEntity', history);
      await manager.save(
        outboxEntity,
        messages.map((one) => ({ ...one, key: id })),
      );
      const { deliverAt, ...later } = timer;
      await manager.save(scheduledEntity, { ...later, key: id, deliver_at: deliverAt });
    });
  };
  return { place: save, close: () => database.destroy() };
}

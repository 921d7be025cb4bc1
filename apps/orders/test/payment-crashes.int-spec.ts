import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@lethe/database';
import { Logger } from '@nestjs/common';
import { FakeProvider } from './fake-provider.js';
import { OrdersDatabase } from './orders-database.js';
import { SagaBench } from './saga-bench.js';

let orders: OrdersDatabase;
beforeAll(async () => {
  Logger.overrideLogger(false);
  orders = await OrdersDatabase.create();
});
afterAll(() => orders.close());

class Killed extends Error {
  override readonly name = 'Killed';
}

/** Dies once, at the n-th instant: just before or just after an effect, which is a commit or a call of the provider. */
class Mortal {
  #instants = 0;
  constructor(private readonly diesAt: number) {}

  get died(): boolean {
    return this.#instants > this.diesAt;
  }

  readonly around = async <T>(effect: () => Promise<T>): Promise<T> => {
    this.#pass();
    const result = await effect();
    this.#pass();
    return result;
  };

  database(database: Database): Database {
    return new Proxy(database, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
        return name === 'query' || name === 'transaction'
          ? (...args: unknown[]) => this.around(async () => call(...args))
          : call;
      },
    });
  }

  #pass(): void {
    this.#instants += 1;
    if (this.#instants === this.diesAt + 1) throw new Killed();
  }
}

/** Delivers what waits in the outbox until nothing does, each message again while its handler dies; and what is due later. */
class Delivery {
  readonly #done = new Set<string>();
  constructor(
    private readonly bench: SagaBench,
    private readonly id: string,
  ) {}

  async untilQuiet(): Promise<void> {
    for (;;) {
      const next = (await this.#waiting()).find(({ id }) => !this.#done.has(id));
      if (!next) return;
      await this.#deliver(next.type, next.id, next.data);
      this.#done.add(next.id);
    }
  }

  /** Time passes: what was put off is due. */
  async later(): Promise<void> {
    await orders.run(
      `WITH due AS (DELETE FROM outbox_scheduled WHERE key = $1 AND type NOT LIKE '%remind-order%' RETURNING *)
       INSERT INTO outbox (id, key, type, body, traceparent) SELECT id, key, type, body, traceparent FROM due`,
      [this.id],
    );
    await orders.run(`UPDATE payment SET requested_at = now() - make_interval(secs => 60) WHERE order_id = $1`, [
      this.id,
    ]);
  }

  #waiting() {
    return orders.run<{ id: string; type: string; data: { refundId?: string; step?: number } }>(
      `SELECT id::text, split_part(type, '.', 2) AS type, body::jsonb -> 'data' AS data FROM outbox WHERE key = $1 ORDER BY seq`,
      [this.id],
    );
  }

  async #deliver(type: string, messageId: string, { refundId = '' }: { refundId?: string }): Promise<void> {
    for (;;) {
      try {
        if (type === 'authorize-payment') await this.bench.step('pay', this.id, messageId);
        if (type === 'void-payment') await this.bench.step('void', this.id, messageId);
        if (type === 'refund-payment') await this.bench.refund(this.id, refundId, messageId);
        return;
      } catch (error) {
        if (error instanceof Error && error.name === 'RetryLater') await this.later();
        else if (!(error instanceof Killed)) throw error;
      }
    }
  }
}

/** Runs a story again and again, dying an instant later each time, until it is told without a death. Gives their number. */
async function atEveryInstant(
  token: string,
  story: (world: { bench: SagaBench; provider: FakeProvider; id: string }) => Promise<void>,
): Promise<number> {
  for (let instant = 0; ; instant += 1) {
    const mortal = new Mortal(instant);
    const provider = new FakeProvider();
    provider.around = (_, effect) => mortal.around(effect);
    const bench = new SagaBench(orders, provider, mortal.database(orders.database));
    const id = await bench.place(token);
    await story({ bench, provider, id });
    if (!mortal.died) return instant;
  }
}
/** The message is delivered again where the handler died. */
async function redelivered(deliver: () => Promise<void>): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    await deliver();
  }
}

describe('R24: a crash at every instant between two effects', () => {
  it('of a payment: the order is confirmed and charged once', async () => {
    const instants = await atEveryInstant('tok_visa', async ({ bench, provider, id }) => {
      const messageId = randomUUID();
      await redelivered(() => bench.step('reserved', id, messageId));
      await new Delivery(bench, id).untilQuiet();

      expect(await bench.state(id)).toEqual({
        status: 'confirmed',
        reason: null,
        history: ['pending', 'reserved', 'paid', 'confirmed'],
        payment: 'captured',
        sent: ['authorize-payment', 'order-confirmed'],
      });
      expect(provider.statesOf(id)).toEqual(['captured']);
    });
    // Note, authorize, hold, capture, commit; and the reservation before them: before and after each.
    expect(instants).toBe(12);
  });

  it('of a declined payment: the stock is released once and nothing is held', async () => {
    const instants = await atEveryInstant('tok_chargeDeclined', async ({ bench, provider, id }) => {
      const messageId = randomUUID();
      await redelivered(() => bench.step('reserved', id, messageId));
      await new Delivery(bench, id).untilQuiet();

      expect(await bench.state(id)).toMatchObject({
        status: 'rejected',
        reason: 'payment-declined',
        sent: ['authorize-payment', 'release-stock', 'order-rejected'],
      });
      expect(provider.statesOf(id)).toEqual(['declined']);
    });
    expect(instants).toBe(8);
  });

  it.each(['authorize', 'capture'] as const)(
    'of an order that is cancelled after the %s: its money is with the customer, its stock is released once',
    async (operation) => {
      const instants = await atEveryInstant('tok_visa', async ({ bench, provider, id }) => {
        const messageId = randomUUID();
        await redelivered(() => bench.step('reserved', id, messageId));
        const { around } = provider;
        let cancelled = false;
        provider.around = async (asked, effect) => {
          const answer = await around(asked, effect);
          if (asked === operation && !cancelled) {
            cancelled = true;
            await redelivered(() => bench.step('cancel', id));
          }
          return answer;
        };
        const delivery = new Delivery(bench, id);
        await delivery.untilQuiet();
        await delivery.later();
        await delivery.untilQuiet();

        const { status, payment, sent } = await bench.state(id);
        // A replica that dies before it hears of the cancellation may have confirmed the order first.
        expect(['cancelled', 'confirmed']).toContain(status);
        expect(provider.heldOf(id)).toBe(status === 'confirmed' ? 500 : 0);
        expect(provider.statesOf(id)).not.toContain('authorized');
        expect(payment).toBe(status === 'confirmed' ? 'captured' : 'voided');
        expect(sent.filter((type) => type === 'release-stock')).toHaveLength(status === 'cancelled' ? 1 : 0);
      });
      expect(instants).toBeGreaterThan(15);
    },
  );

  it('of a time-out: the order ends once, and what the customer had begun is voided', async () => {
    const instants = await atEveryInstant('tok_threeDSecure2Required', async ({ bench, provider, id }) => {
      const [reserved, timeOut] = [randomUUID(), randomUUID()];
      await redelivered(() => bench.step('reserved', id, reserved));
      const delivery = new Delivery(bench, id);
      await delivery.untilQuiet();
      await redelivered(() => bench.timeOut(id, 2, timeOut));
      await delivery.untilQuiet();

      expect(await bench.state(id)).toMatchObject({
        status: 'rejected',
        reason: 'payment-timeout',
        payment: 'voided',
        sent: ['authorize-payment', 'release-stock', 'void-payment', 'order-rejected'],
      });
      expect(provider.statesOf(id)).toEqual(['voided']);
    });
    expect(instants).toBeGreaterThan(15);
  });

  it('of a refund: the money goes back once and the order is told of once', async () => {
    const instants = await atEveryInstant('tok_visa', async ({ bench, provider, id }) => {
      const [reserved, message, refundId] = [randomUUID(), randomUUID(), randomUUID()];
      await redelivered(() => bench.step('reserved', id, reserved));
      await new Delivery(bench, id).untilQuiet();
      await orders.run('UPDATE orders SET refunds_claimed = 500 WHERE id = $1', [id]);
      await orders.run(`INSERT INTO refund (id, order_id, amount, reason) VALUES ($1, $2, 500, 'test')`, [
        refundId,
        id,
      ]);
      await redelivered(() => bench.refund(id, refundId, message));
      await redelivered(() => bench.refund(id, refundId, message));

      const { status, sent } = await bench.state(id);
      expect(status).toBe('refunded');
      expect(provider.heldOf(id)).toBe(0);
      expect(provider.statesOf(id)).toEqual(['refunded']);
      expect(sent.filter((type) => type === 'order-refunded')).toHaveLength(1);
    });
    expect(instants).toBeGreaterThan(15);
  });
});

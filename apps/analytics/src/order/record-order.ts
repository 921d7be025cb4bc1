import type { Tx } from '@lethe/database';
import { Gathering, UnitOfWork } from '@lethe/outbox';
import type { Message } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LakeLog } from '../lake/lake-log.js';
import { orderEvents } from '../lake/order-events.js';
import { Pseudonyms } from '../pseudonym/pseudonyms.js';
import { noteEvents } from '../window/note-events.js';
import { type OrderFact, mergeFacts } from './order-fact.js';
import { OrderMetrics } from './order.metrics.js';
import { RECORD_LINES, RECORD_ORDERS } from './order.sql.js';

/** Adds what a message tells of an order to what is known of it, once. */
export class RecordOrder extends Command<void> {
  constructor(
    readonly message: Pick<Message, 'id'>,
    readonly fact: OrderFact,
  ) {
    super();
  }
}

/** A message with what it tells. */
export interface ToldOrder {
  readonly id: string;
  readonly fact: OrderFact;
}

/** One go at a time: the windows of the present are the same rows for all of them, and a second would only wait. */
const LIMITS = { goes: 1, size: 500, keysOf: () => [] };

/** Messages that wait for each other share a commit: the more there are, the cheaper each is. */
@CommandHandler(RecordOrder)
export class RecordOrderHandler implements ICommandHandler<RecordOrder> {
  readonly #gathering = new Gathering<ToldOrder>((all) => this.recordAll(all.map(({ input }) => input)), LIMITS);

  constructor(
    private readonly units: UnitOfWork,
    private readonly pseudonyms: Pseudonyms,
    private readonly lake: LakeLog,
    private readonly metrics: OrderMetrics,
  ) {}

  execute({ message: { id }, fact }: RecordOrder): Promise<void> {
    return this.#gathering.do({ id, fact });
  }

  /** All of them in one commit, those that were not received before. */
  async recordAll(told: readonly ToldOrder[]): Promise<void> {
    let recorded: readonly OrderFact[] = [];
    await this.units.onceEach(
      told.map((one) => ({ ...one, fact: this.#pseudonymised(one.fact) })),
      () => Promise.resolve(),
      async ({ tx }, fresh) => {
        const facts = fresh.map(({ fact }) => fact);
        recorded = facts;
        const times = facts.map(({ placedAt }) => placedAt);
        await Promise.all([
          ...recordFacts(tx, facts),
          this.lake.append(
            tx,
            facts.flatMap((fact) => orderEvents(fact)),
          ),
          noteEvents(tx, { source: 'orders', times, duplicates: told.length - fresh.length }),
        ]);
      },
    );
    this.metrics.told(recorded);
  }

  #pseudonymised(fact: OrderFact): OrderFact {
    return { ...fact, customer: fact.customer === undefined ? undefined : this.pseudonyms.of(fact.customer) };
  }
}

function recordFacts(tx: Tx, facts: readonly OrderFact[]): Promise<unknown>[] {
  const merged = new Map<string, OrderFact>();
  for (const fact of facts) {
    const known = merged.get(fact.orderId);
    merged.set(fact.orderId, known ? mergeFacts(known, fact) : fact);
  }
  const orders = [...merged.values()];
  if (orders.length === 0) return [];
  const lines = linesOf(orders);
  return [
    tx.query(RECORD_ORDERS, columnsOf(orders)),
    ...(lines.length === 0 ? [] : [tx.query(RECORD_LINES, columnsOfLines(lines))]),
  ];
}

function columnsOf(orders: readonly OrderFact[]): unknown[] {
  return [
    orders.map(({ orderId }) => orderId),
    orders.map(({ placedAt }) => placedAt),
    orders.map(({ outcome }) => outcome),
    orders.map(({ confirmedAt }) => confirmedAt ?? null),
    orders.map(({ lines }) => lines?.length ?? null),
    orders.map(({ lines }) => lines?.reduce((sum, { units }) => sum + units, 0) ?? null),
    orders.map(({ total }) => total?.amount ?? null),
    orders.map(({ total }) => total?.currency ?? null),
    orders.map(({ customer }) => customer ?? null),
    orders.map(({ country }) => country ?? null),
  ];
}

const linesOf = (orders: readonly OrderFact[]) =>
  orders.flatMap(({ orderId, placedAt, lines = [] }) =>
    lines.map((line, at) => ({ ...line, orderId, placedAt, position: at + 1 })),
  );

function columnsOfLines(lines: ReturnType<typeof linesOf>): unknown[] {
  return [
    lines.map(({ orderId }) => orderId),
    lines.map(({ position }) => position),
    lines.map(({ productId }) => productId),
    lines.map(({ sku }) => sku),
    lines.map(({ name }) => name),
    lines.map(({ placedAt }) => placedAt),
    lines.map(({ units }) => units),
    lines.map(({ revenue }) => revenue.amount),
    lines.map(({ revenue }) => revenue.currency),
    lines.map(({ category }) => category ?? null),
  ];
}

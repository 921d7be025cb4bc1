import type { Tx } from '@lethe/database';
import { Inbox } from '@lethe/outbox';
import type { Message } from '@lethe/topology';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { LineFact, OrderFact } from './order-fact.js';
import { RECORD_LINES, RECORD_ORDER } from './order.sql.js';

/** Adds what a message tells of an order to what is known of it, once. */
export class RecordOrder extends Command<void> {
  constructor(
    readonly message: Pick<Message, 'id'>,
    readonly fact: OrderFact,
  ) {
    super();
  }
}

@CommandHandler(RecordOrder)
export class RecordOrderHandler implements ICommandHandler<RecordOrder> {
  constructor(private readonly inbox: Inbox) {}

  async execute({ message, fact }: RecordOrder): Promise<void> {
    await this.inbox.once(message, async (tx) => {
      await Promise.all([recordOrder(tx, fact), fact.lines && recordLines(tx, fact, fact.lines)]);
    });
  }
}

async function recordOrder(
  tx: Tx,
  { orderId, placedAt, outcome, total, confirmedAt, lines }: OrderFact,
): Promise<void> {
  await tx.query(RECORD_ORDER, [
    orderId,
    placedAt,
    outcome,
    confirmedAt ?? null,
    lines?.length ?? null,
    lines?.reduce((sum, { units }) => sum + units, 0) ?? null,
    total?.amount ?? null,
    total?.currency ?? null,
  ]);
}

async function recordLines(tx: Tx, { orderId, placedAt }: OrderFact, lines: readonly LineFact[]): Promise<void> {
  await tx.query(RECORD_LINES, [
    orderId,
    placedAt,
    lines.map(({ productId }) => productId),
    lines.map(({ sku }) => sku),
    lines.map(({ name }) => name),
    lines.map(({ units }) => units),
    lines.map(({ revenue }) => revenue.amount),
    lines.map(({ revenue }) => revenue.currency),
  ]);
}

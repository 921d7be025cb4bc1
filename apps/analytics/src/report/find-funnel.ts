import type { Funnel } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Period, boundsOf } from './period.js';
import {
  CLICKS_BY_TYPE,
  type CameBackRow,
  type ClicksRow,
  ORDERS_BY_OUTCOME,
  ORDERS_THAT_CAME_BACK,
  type OutcomeRow,
} from './report.sql.js';

/** What visitors did and what became of the orders placed in a period. */
export class FindFunnel extends Query<Funnel> {
  constructor(readonly period: Period) {
    super();
  }
}

@QueryHandler(FindFunnel)
export class FindFunnelHandler implements IQueryHandler<FindFunnel> {
  constructor(private readonly database: Database) {}

  async execute({ period }: FindFunnel): Promise<Funnel> {
    const bounds = boundsOf(period);
    const [clicks, outcomes, [back]] = await Promise.all([
      this.database.query<ClicksRow>(CLICKS_BY_TYPE, bounds),
      this.database.query<OutcomeRow>(ORDERS_BY_OUTCOME, bounds),
      this.database.query<CameBackRow>(ORDERS_THAT_CAME_BACK, bounds),
    ]);
    const count = (wanted: OutcomeRow['outcome']): number =>
      outcomes.find(({ outcome }) => outcome === wanted)?.orders ?? 0;
    return {
      events: Object.fromEntries(clicks.map(({ type, events }) => [type, events])),
      sessions: Object.fromEntries(clicks.map(({ type, sessions }) => [type, sessions])),
      orders: {
        // Whatever became of an order, it was placed first.
        placed: outcomes.reduce((sum, { orders }) => sum + orders, 0),
        confirmed: count('confirmed'),
        rejected: count('rejected'),
        cancelled: count('cancelled'),
        ...(back && back.returned + back.refunded > 0 ? back : {}),
      },
    };
  }
}

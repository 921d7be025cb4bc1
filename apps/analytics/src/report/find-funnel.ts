import type { Funnel } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { SKETCH_ERROR } from '../visitor/visitor-sketch.js';
import { Visitors } from '../visitor/visitors.js';
import { cutOf, parametersOf } from './edges.js';
import type { Period } from './period.js';
import { CLICKS_BY_TYPE, type ClicksRow, type FateRow, ORDERS_BY_FATE } from './report.sql.js';

/** What visitors did and what became of the orders placed in a period. */
export class FindFunnel extends Query<Funnel> {
  constructor(readonly period: Period) {
    super();
  }
}

@QueryHandler(FindFunnel)
export class FindFunnelHandler implements IQueryHandler<FindFunnel> {
  constructor(
    private readonly database: Database,
    private readonly visitors: Visitors,
  ) {}

  async execute({ period }: FindFunnel): Promise<Funnel> {
    const cut = parametersOf(cutOf(period, ['day', 'minute']));
    const [clicks, fates] = await Promise.all([
      this.database.query<ClicksRow>(CLICKS_BY_TYPE, cut),
      this.database.query<FateRow>(ORDERS_BY_FATE, cut),
    ]);
    const types = clicks.map(({ type }) => type);
    const sessions = await this.visitors.count(types, period);
    const ordersThat = (wanted: FateRow['fate']): number => fates.find(({ fate }) => fate === wanted)?.orders ?? 0;
    const [confirmed, rejected, cancelled] = [ordersThat('confirmed'), ordersThat('rejected'), ordersThat('cancelled')];
    const back = { returned: ordersThat('returned'), refunded: ordersThat('refunded') };
    return {
      events: Object.fromEntries(clicks.map(({ type, events }) => [type, events])),
      sessions: Object.fromEntries(types.map((type) => [type, sessions.get(type)?.visitors ?? 0])),
      ...([...sessions.values()].some(({ isExact }) => !isExact) ? { sessionsError: SKETCH_ERROR } : {}),
      orders: {
        // Whatever became of an order, it was placed first.
        placed: ordersThat('placed') + confirmed + rejected + cancelled,
        confirmed,
        rejected,
        cancelled,
        ...(back.returned + back.refunded > 0 ? back : {}),
      },
    };
  }
}

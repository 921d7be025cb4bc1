import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Click } from '@lethe/contracts';
import { FindFunnel, FindFunnelHandler } from '../../src/report/find-funnel.js';
import { FindSessions, FindSessionsHandler } from '../../src/visit/find-sessions.js';
import { FindVisitors, FindVisitorsHandler } from '../../src/visitor/find-visitors.js';
import { Visitors } from '../../src/visitor/visitors.js';
import { Program } from '../program.fixture.js';

const FILE = resolve(import.meta.dirname, '../../../../../shared/data/clickstream.jsonl');
const TYPES: Readonly<Record<string, string>> = { clicks: 'view', carts: 'cart', orders: 'order' };
const GAP_MS = 30 * 60_000;
const period = { from: new Date('2022-01-01'), to: new Date('2023-01-01') };

interface Shopper {
  readonly session: number;
  readonly events: readonly { readonly aid: number; readonly ts: number; readonly type: string }[];
}
const readShoppers = (): Shopper[] =>
  readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Shopper);

/** By hand: each shopper's events in their order, cut wherever more than half an hour passes. */
function visitsByHand(shoppers: readonly Shopper[]) {
  const visits: { views: number; carts: number; orders: number; events: number; seconds: number }[] = [];
  for (const { events } of shoppers) {
    let before = Number.NEGATIVE_INFINITY;
    let began = 0;
    for (const { ts, type } of events.toSorted((one, other) => one.ts - other.ts)) {
      if (ts - before > GAP_MS) {
        visits.push({ views: 0, carts: 0, orders: 0, events: 0, seconds: 0 });
        began = ts;
      }
      before = ts;
      const visit = visits.at(-1);
      if (!visit) continue;
      visit.events += 1;
      visit.seconds = Math.round((ts - began) / 1_000);
      if (type === 'clicks') visit.views += 1;
      if (type === 'carts') visit.carts += 1;
      if (type === 'orders') visit.orders += 1;
    }
  }
  return visits;
}

const shuffled = <T>(list: readonly T[], seed: number): T[] =>
  list
    .map((value, at) => ({ value, rank: Math.sin(seed + at * 12.9898) * 43_758.5453 }))
    .map(({ value, rank }) => ({ value, rank: rank - Math.floor(rank) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ value }) => value);

describe('the clickstream of OTTO', () => {
  if (!existsSync(FILE)) {
    it(`SKIPPED, NOTHING IS SHOWN: ${FILE} is absent`, () => {
      expect(existsSync(FILE)).toBe(false);
    });
    return;
  }

  const shoppers = readShoppers();
  const clicks = shoppers.flatMap(({ session, events }): Click[] =>
    events.map(({ ts, type }, at) => ({
      id: `${session}-${at}`,
      type: TYPES[type] ?? type,
      at: new Date(ts).toISOString(),
      sessionId: `visitor-${session}`,
    })),
  );
  const byHand = visitsByHand(shoppers);
  const sum = (of: keyof (typeof byHand)[number]): number => byHand.reduce((all, visit) => all + visit[of], 0);
  const having = (what: (visit: (typeof byHand)[number]) => boolean): number => byHand.filter(what).length;

  describe.each([
    ['in order', 1, clicks],
    ['shuffled, so that late events join visits', 2, shuffled(clicks, 1)],
    ['shuffled otherwise, and all of them twice', 3, [...shuffled(clicks, 2), ...shuffled(clicks, 3)]],
  ] as const)('%s', (_, __, told) => {
    let program: Program;
    beforeAll(async () => {
      program = await Program.open();
      for (let at = 0; at < told.length; at += 90) await program.bring(told.slice(at, at + 90));
    });
    afterAll(() => program.close());

    it('gives the sessions, carts per session and conversion that a computation by hand gives', async () => {
      const { total } = await new FindSessionsHandler(program.database).execute(
        new FindSessions({ period, bucket: 'day', limit: 100, cursor: undefined }),
      );

      expect(total).toEqual({
        sessions: byHand.length,
        events: clicks.length,
        seconds: sum('seconds'),
        carts: sum('carts'),
        orders: sum('orders'),
        steps: {
          view: having(({ views }) => views > 0),
          cart: having(({ views, carts }) => views > 0 && carts > 0),
          order: having(({ views, carts, orders }) => views > 0 && carts > 0 && orders > 0),
        },
        ordered: having(({ orders }) => orders > 0),
        conversion: having(({ orders }) => orders > 0) / byHand.length,
        cartsPerSession: sum('carts') / byHand.length,
      });
    });

    it('gives visitors and events by type', async () => {
      const visitors = new Visitors(program.database, 50_000);
      const page = { period, bucket: 'day', limit: 100, cursor: undefined } as const;
      const found = await new FindVisitorsHandler(program.database, visitors).execute(new FindVisitors(page));
      const funnel = await new FindFunnelHandler(program.database, visitors).execute(new FindFunnel(period));
      const withType = (type: string): number =>
        shoppers.filter(({ events }) => events.some((event) => event.type === type)).length;

      expect(found.total).toEqual({ visitors: shoppers.length });
      expect(found.duplicates).toBe(told.length - clicks.length);
      expect(funnel.events).toEqual({ view: sum('views'), cart: sum('carts'), order: sum('orders') });
      expect(funnel.sessions).toEqual({ view: withType('clicks'), cart: withType('carts'), order: withType('orders') });
    });
  });
});

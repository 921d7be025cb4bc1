import { counting } from './statement-trigger.js';

const binned = (name: string): string => `date_bin('1 ${name}', c.at, timestamptz 'epoch')`;

/** Clicks by type: of minutes first, of which there are few. `rows`: clicks that are new. */
export const countClicks = (rows: string): string => `
INSERT INTO click_window AS w (grain, start, type, events)
SELECT g.grain, g.start, c.type, sum(c.events)
FROM (SELECT ${binned('minute')} AS at, c.type, count(*) AS events FROM (${rows}) c GROUP BY 1, 2) c
CROSS JOIN LATERAL (VALUES ('minute'::window_grain, ${binned('minute')}), ('hour', ${binned('hour')}),
  ('day', ${binned('day')})) AS g (grain, start)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
ON CONFLICT (grain, start, type) DO UPDATE SET events = w.events + excluded.events`;

/** Who came: of each type by day, of all by hour and day. `rows`: session, at and type. */
export const countVisitors = (rows: string): string => `
WITH came AS (
  SELECT DISTINCT type, session, at FROM (
    SELECT type, session, ${binned('hour')} AS at FROM (${rows}) c) binned),
fresh_visitor AS (
  INSERT INTO visitor (type, grain, start, visitor)
  SELECT DISTINCT w.type, w.grain, w.start, c.session
  FROM came c
  CROSS JOIN LATERAL (VALUES (c.type, 'day'::window_grain, ${binned('day')}), ('', 'day', ${binned('day')}),
    ('', 'hour', c.at)) AS w (type, grain, start)
  ORDER BY 1, 2, 3, 4
  ON CONFLICT DO NOTHING RETURNING type, grain, start)
INSERT INTO visitor_window AS w (type, grain, start, stored)
SELECT type, grain, start, count(*) FROM fresh_visitor GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (type, grain, start) DO UPDATE SET stored = w.stored + excluded.stored`;

/** Takes turns at the visitors of the rows: what another transaction made of their visits is seen by the next statement. */
export const lockVisitors = (rows: string): readonly string[] => [
  `INSERT INTO visit_lock (visitor) SELECT DISTINCT session FROM (${rows}) c ORDER BY 1 ON CONFLICT DO NOTHING`,
  `PERFORM 1 FROM visit_lock WHERE visitor = ANY (ARRAY(SELECT DISTINCT session FROM (${rows}) c)) ORDER BY visitor FOR UPDATE`,
];

/** After how long without an event a visit is over. */
const GAP = `interval '30 minutes'`;
const isOf = (...types: readonly string[]): string =>
  `(CASE WHEN type IN (${types.map((type) => `'${type}'`).join(', ')}) THEN 1 ELSE 0 END)::bigint`;
const STEPS = `${isOf('view', 'click')}, ${isOf('cart', 'add-to-cart')}, ${isOf('order', 'purchase')}`;
const SUMS =
  'sum(events)::bigint AS events, sum(views)::bigint AS views, sum(carts)::bigint AS carts, sum(orders)::bigint AS orders';
const sessionsWith = (what: string): string => `coalesce(sum(sign) FILTER (WHERE ${what}), 0)`;
const CHANGE = 'started_at, ended_at, events, views, carts, orders';

/**
 * Visits: events of one visitor with at most half an hour between each and the next. Those that the new clicks lie in or
 * next to are taken away and put together again with the clicks, so that a late click may join two. `rows` as of
 * {@link countVisitors}.
 */
export const countVisits = (rows: string): string => `
WITH clicks AS (SELECT session, at, type FROM (${rows}) c),
span AS (SELECT session, min(at) AS low, max(at) AS high FROM clicks GROUP BY session),
old AS (
  DELETE FROM visit v USING span s
  WHERE v.visitor = s.session AND v.started_at <= s.high + ${GAP} AND v.ended_at >= s.low - ${GAP}
  RETURNING v.visitor, v.started_at, v.ended_at, v.events, v.views, v.carts, v.orders),
pieces (visitor, started_at, ended_at, events, views, carts, orders) AS (
  SELECT session, at, at, 1::bigint, ${STEPS} FROM clicks
  UNION ALL SELECT visitor, started_at, ended_at, events, views, carts, orders FROM old),
marked AS (
  SELECT *, CASE WHEN started_at <= ${GAP} + max(ended_at) OVER (
    PARTITION BY visitor ORDER BY started_at, ended_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    THEN 0 ELSE 1 END AS opens
  FROM pieces),
numbered AS (
  SELECT *, sum(opens) OVER (PARTITION BY visitor ORDER BY started_at, ended_at ROWS UNBOUNDED PRECEDING) AS place
  FROM marked),
made AS (
  INSERT INTO visit (visitor, started_at, ended_at, events, views, carts, orders)
  SELECT visitor, min(started_at), max(ended_at), ${SUMS} FROM numbered GROUP BY visitor, place
  RETURNING ${CHANGE}),
change AS (SELECT ${CHANGE}, 1 AS sign FROM made UNION ALL SELECT ${CHANGE}, -1 FROM old)
INSERT INTO visit_window AS w (grain, start, sessions, events, seconds, viewed, carted, ordered, funnel_cart, funnel_order,
  carts, orders)
SELECT g.grain, g.start, sum(sign), sum(sign * events),
  sum(sign * round(extract(epoch FROM ended_at - started_at))),
  ${sessionsWith('views > 0')}, ${sessionsWith('carts > 0')}, ${sessionsWith('orders > 0')},
  ${sessionsWith('views > 0 AND carts > 0')}, ${sessionsWith('views > 0 AND carts > 0 AND orders > 0')},
  sum(sign * carts), sum(sign * orders)
FROM change
CROSS JOIN LATERAL (VALUES ('hour'::window_grain, date_bin('1 hour', started_at, timestamptz 'epoch')),
  ('day', date_bin('1 day', started_at, timestamptz 'epoch'))) AS g (grain, start)
GROUP BY 1, 2
ORDER BY 1, 2
ON CONFLICT (grain, start) DO UPDATE SET sessions = w.sessions + excluded.sessions, events = w.events + excluded.events,
  seconds = w.seconds + excluded.seconds, viewed = w.viewed + excluded.viewed, carted = w.carted + excluded.carted,
  ordered = w.ordered + excluded.ordered, funnel_cart = w.funnel_cart + excluded.funnel_cart,
  funnel_order = w.funnel_order + excluded.funnel_order, carts = w.carts + excluded.carts, orders = w.orders + excluded.orders`;

const FRESH = 'SELECT session, at, type FROM fresh';

/** The function behind the trigger on clicks. */
export const countNewClicks = (): string =>
  counting('count_clicks', countClicks(FRESH), countVisitors(FRESH), ...lockVisitors(FRESH), countVisits(FRESH));

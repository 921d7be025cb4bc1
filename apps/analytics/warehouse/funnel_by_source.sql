-- Visits by where they came from and how far they went: looked at something, put something into the cart, ordered. A visit
-- came from where its first event with a source says; the words of the storefront and of recorded clickstreams count alike.
SELECT
  source, COUNT(*) AS sessions, CAST(SUM(viewed) AS BIGINT) AS viewed, CAST(SUM(carted) AS BIGINT) AS carted,
  CAST(SUM(ordered) AS BIGINT) AS ordered, CAST(FLOOR(1000.0 * SUM(ordered) / COUNT(*)) AS BIGINT) AS conversion_per_mille
FROM (
  SELECT
    visits.session_id, COALESCE(origins.source, 'unknown') AS source, visits.viewed, visits.carted, visits.ordered
  FROM (
    SELECT
      session_id,
      MAX(CASE WHEN detail IN ('view', 'clicks') THEN 1 ELSE 0 END) AS viewed,
      MAX(CASE WHEN detail IN ('cart', 'add-to-cart', 'carts') THEN 1 ELSE 0 END) AS carted,
      MAX(CASE WHEN detail IN ('order', 'purchase', 'orders') THEN 1 ELSE 0 END) AS ordered
    FROM events
    WHERE event_type = 'click'
    GROUP BY session_id
  ) AS visits
  LEFT JOIN (
    SELECT session_id, source
    FROM (
      SELECT session_id, source, ROW_NUMBER() OVER (PARTITION BY session_id ORDER BY occurred_at, event_id) AS nth
      FROM events
      WHERE event_type = 'click' AND source IS NOT NULL
    ) AS told
    WHERE nth = 1
  ) AS origins ON origins.session_id = visits.session_id
) AS by_session
GROUP BY source;

-- Fact: one row per order, with what became of it. amount is of the confirmed order, else of the placed one.
SELECT
  told.order_id, told.placed_at, CAST(told.placed_at AS DATE) AS placed_day, told.customer, told.country,
  CASE told.outcome_rank WHEN 4 THEN 'confirmed' WHEN 3 THEN 'rejected' WHEN 2 THEN 'cancelled' ELSE 'placed' END AS outcome,
  told.currency, COALESCE(told.confirmed_amount, told.placed_amount) AS amount,
  COALESCE(sold.line_count, 0) AS line_count, COALESCE(sold.units, 0) AS units,
  COALESCE(returned.units, 0) AS units_returned, COALESCE(refunded.amount, 0) AS amount_refunded
FROM (
  SELECT
    order_id, MIN(placed_at) AS placed_at, MAX(customer) AS customer, MAX(country) AS country, MAX(currency) AS currency,
    MAX(CASE WHEN event_type = 'order-confirmed' THEN amount END) AS confirmed_amount,
    MAX(CASE WHEN event_type = 'order-placed' THEN amount END) AS placed_amount,
    MAX(
      CASE event_type WHEN 'order-confirmed' THEN 4 WHEN 'order-rejected' THEN 3 WHEN 'order-cancelled' THEN 2 ELSE 1 END
    ) AS outcome_rank
  FROM events
  WHERE event_type IN ('order-placed', 'order-confirmed', 'order-rejected', 'order-cancelled')
  GROUP BY order_id
) AS told
LEFT JOIN (
  SELECT order_id, COUNT(*) AS line_count, CAST(SUM(units) AS BIGINT) AS units FROM lines GROUP BY order_id
) AS sold ON sold.order_id = told.order_id
LEFT JOIN (
  SELECT order_id, CAST(SUM(units) AS BIGINT) AS units FROM events WHERE event_type = 'order-returned' GROUP BY order_id
) AS returned ON returned.order_id = told.order_id
LEFT JOIN (
  SELECT order_id, CAST(SUM(amount) AS BIGINT) AS amount FROM events WHERE event_type = 'order-refunded' GROUP BY order_id
) AS refunded ON refunded.order_id = told.order_id;

-- Fact: every event of the lake once. A fact that was written to the lake twice has the same id both times.
SELECT
  event_id, event_type, occurred_at, CAST(occurred_at AS DATE) AS event_day, order_id, line_no, placed_at, customer,
  country, session_id, product_id, sku, product_name, category, units, amount, currency, detail, source
FROM (
  SELECT
    event_id, event_type, occurred_at, order_id, line_no, placed_at, customer, country, session_id, product_id, sku,
    product_name, category, units, amount, currency, detail, source,
    ROW_NUMBER() OVER (PARTITION BY event_type, event_id ORDER BY occurred_at, customer) AS copy_no
  FROM lake_events
) AS copies
WHERE copy_no = 1;

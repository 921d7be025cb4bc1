-- Fact: a line of a confirmed order. amount is what it cost in minor units, its share of discount and tax in it.
SELECT
  order_id, line_no, event_day AS placed_day, placed_at, customer, country, product_id, sku, product_name, category,
  units, amount, currency
FROM events
WHERE event_type = 'order-line';

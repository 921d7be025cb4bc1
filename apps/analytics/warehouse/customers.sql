-- Dimension: who bought, by pseudonym, and what of; only confirmed orders count. An erased customer is not in it.
SELECT
  orders.customer, MIN(orders.placed_day) AS first_day, MAX(orders.placed_day) AS last_day,
  MIN(dates.month_number) AS cohort_month, COUNT(*) AS orders, CAST(SUM(orders.units) AS BIGINT) AS units,
  MAX(orders.country) AS country
FROM orders
JOIN dates ON dates.day = orders.placed_day
WHERE orders.outcome = 'confirmed' AND orders.customer IS NOT NULL
GROUP BY orders.customer;

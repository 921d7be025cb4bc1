-- Confirmed orders by the day on which they were placed, one row per day and currency.
SELECT
  placed_day AS day, currency, COUNT(*) AS orders, CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(amount_refunded) AS BIGINT) AS amount_refunded
FROM orders
WHERE outcome = 'confirmed'
GROUP BY placed_day, currency;

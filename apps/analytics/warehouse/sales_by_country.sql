-- Confirmed orders by the country to which the goods went.
SELECT
  country, currency, COUNT(*) AS orders, CAST(SUM(units) AS BIGINT) AS units, CAST(SUM(amount) AS BIGINT) AS amount
FROM orders
WHERE outcome = 'confirmed'
GROUP BY country, currency;

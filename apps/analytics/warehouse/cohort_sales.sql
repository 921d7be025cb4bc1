-- Sales by cohort: customers by the month of their first order, and what they bought in each month from then on.
SELECT
  customers.cohort_month, dates.month_number - customers.cohort_month AS months_since, orders.currency,
  COUNT(DISTINCT orders.customer) AS customers, COUNT(*) AS orders, CAST(SUM(orders.units) AS BIGINT) AS units,
  CAST(SUM(orders.amount) AS BIGINT) AS amount
FROM orders
JOIN customers ON customers.customer = orders.customer
JOIN dates ON dates.day = orders.placed_day
WHERE orders.outcome = 'confirmed'
GROUP BY customers.cohort_month, dates.month_number - customers.cohort_month, orders.currency;

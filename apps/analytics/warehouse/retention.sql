-- How many customers of a cohort bought again so many months later, of how many.
SELECT
  active.cohort_month, active.months_since, active.customers, cohorts.customers AS cohort_size,
  CAST(FLOOR(1000.0 * active.customers / cohorts.customers) AS BIGINT) AS per_mille
FROM (
  SELECT
    customers.cohort_month, dates.month_number - customers.cohort_month AS months_since,
    COUNT(DISTINCT orders.customer) AS customers
  FROM orders
  JOIN customers ON customers.customer = orders.customer
  JOIN dates ON dates.day = orders.placed_day
  WHERE orders.outcome = 'confirmed'
  GROUP BY customers.cohort_month, dates.month_number - customers.cohort_month
) AS active
JOIN (SELECT cohort_month, COUNT(*) AS customers FROM customers GROUP BY cohort_month) AS cohorts
  ON cohorts.cohort_month = active.cohort_month;

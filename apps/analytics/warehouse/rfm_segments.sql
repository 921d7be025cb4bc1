-- Recency, frequency and monetary value of each customer and currency, scored 1 (least) to 5 by fifths of the ranking;
-- equal customers have equal scores. Recency counts days to the last day of all sales.
SELECT
  customer, currency, recency_days, frequency, monetary, r_score, f_score, m_score,
  CASE
    WHEN r_score >= 4 AND f_score >= 4 THEN 'champions'
    WHEN r_score >= 3 AND f_score >= 3 THEN 'loyal'
    WHEN r_score >= 4 THEN 'promising'
    WHEN r_score = 3 THEN 'needing attention'
    WHEN f_score >= 4 THEN 'at risk'
    WHEN f_score >= 2 THEN 'hibernating'
    ELSE 'lost'
  END AS segment
FROM (
  SELECT
    customer, currency, recency_days, frequency, monetary,
    1 + CAST(FLOOR(5.0 * (RANK() OVER (PARTITION BY currency ORDER BY recency_days DESC) - 1)
      / COUNT(*) OVER (PARTITION BY currency)) AS BIGINT) AS r_score,
    1 + CAST(FLOOR(5.0 * (RANK() OVER (PARTITION BY currency ORDER BY frequency) - 1)
      / COUNT(*) OVER (PARTITION BY currency)) AS BIGINT) AS f_score,
    1 + CAST(FLOOR(5.0 * (RANK() OVER (PARTITION BY currency ORDER BY monetary) - 1)
      / COUNT(*) OVER (PARTITION BY currency)) AS BIGINT) AS m_score
  FROM (
    SELECT
      orders.customer, orders.currency, MAX(latest.day_number) - MAX(dates.day_number) AS recency_days,
      COUNT(*) AS frequency, CAST(SUM(orders.amount) AS BIGINT) AS monetary
    FROM orders
    JOIN dates ON dates.day = orders.placed_day
    CROSS JOIN (
      SELECT MAX(dates.day_number) AS day_number
      FROM orders
      JOIN dates ON dates.day = orders.placed_day
      WHERE orders.outcome = 'confirmed'
    ) AS latest
    WHERE orders.outcome = 'confirmed' AND orders.customer IS NOT NULL
    GROUP BY orders.customer, orders.currency
  ) AS bought
) AS scored;

-- Products bought together: in how many orders, of those that the first is in, per mille. Only products that are in at
-- least one of 200 orders: a pair cannot be frequent otherwise (Agrawal and Srikant 1994), and pairs grow by the square.
WITH baskets AS (
  SELECT order_id, product_id FROM lines GROUP BY order_id, product_id
), frequent AS (
  SELECT product_id, COUNT(*) AS orders
  FROM baskets
  GROUP BY product_id
  HAVING COUNT(*) * 200 >= (SELECT COUNT(DISTINCT order_id) FROM lines)
), kept AS (
  SELECT baskets.order_id, baskets.product_id
  FROM baskets
  JOIN frequent ON frequent.product_id = baskets.product_id
), pairs AS (
  SELECT first_one.product_id AS product_id, second_one.product_id AS with_product_id, COUNT(*) AS orders
  FROM kept AS first_one
  JOIN kept AS second_one
    ON second_one.order_id = first_one.order_id AND second_one.product_id <> first_one.product_id
  GROUP BY first_one.product_id, second_one.product_id
  HAVING COUNT(*) >= 2
)
SELECT
  pairs.product_id, pairs.with_product_id, pairs.orders,
  CAST(FLOOR(1000.0 * pairs.orders / frequent.orders) AS BIGINT) AS confidence_per_mille
FROM pairs
JOIN frequent ON frequent.product_id = pairs.product_id;

-- Products by units sold, the most first; those of equal units by stock code.
SELECT
  ROW_NUMBER() OVER (ORDER BY sold.units DESC, products.sku, products.product_id) AS place,
  products.product_id, products.sku, products.product_name, products.category, sold.units, sold.orders
FROM (
  SELECT product_id, CAST(SUM(units) AS BIGINT) AS units, COUNT(DISTINCT order_id) AS orders
  FROM lines
  GROUP BY product_id
) AS sold
JOIN products ON products.product_id = sold.product_id;

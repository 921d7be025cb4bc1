-- Dimension: what was sold, with code, name and category as last sold.
SELECT product_id, sku, product_name, category
FROM (
  SELECT
    product_id, sku, product_name, category,
    ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY placed_at DESC, order_id DESC, line_no DESC) AS from_last
  FROM lines
) AS sold
WHERE from_last = 1;

import { statement } from '@lethe/database';
import type { StoredImage } from './shown-image.js';

/** Whoever changes images of a product takes this lock first. No row where it is gone. $1 product id */
export const LOCK_PRODUCT = statement(
  'catalog.lock-product-images',
  'SELECT id FROM product WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE',
);

/**
 * No row where the product has its most. Refused images count for nothing.
 * $1 image id, $2 product id, $3 type, $4 who, $5 when it is given up, $6 the most
 */
export const ADD_IMAGE = statement(
  'catalog.add-image',
  `INSERT INTO product_image (id, product_id, type, created_by, expires_at)
   SELECT $1, $2, $3, $4, $5
   WHERE (SELECT count(*) FROM product_image WHERE product_id = $2 AND status <> 'refused') < $6::int
   RETURNING id`,
);

export interface ImageRow {
  readonly id: string;
  readonly productId: string;
  readonly type: string;
  readonly status: 'pending' | 'ready' | 'refused';
  readonly reason: string | null;
  readonly shown: StoredImage | null;
}

const IMAGE = `i.id, i.product_id AS "productId", i.type, i.status, i.reason, i.shown`;

/** Of a product that is not gone. $1 image id */
export const FIND_IMAGE = statement(
  'catalog.find-image',
  `SELECT ${IMAGE} FROM product_image i JOIN product p ON p.id = i.product_id
   WHERE i.id = $1 AND p.deleted_at IS NULL`,
);

/** The oldest first. $1 product id */
export const LIST_IMAGES = statement(
  'catalog.list-images',
  `SELECT ${IMAGE} FROM product_image i WHERE i.product_id = $1 ORDER BY i.id`,
);

/** No row where it is no longer expected. $1 image id, $2 what is shown of it, or null where it is refused, $3 why */
export const SETTLE_IMAGE = statement(
  'catalog.settle-image',
  `UPDATE product_image
   SET status = CASE WHEN $2::jsonb IS NULL THEN 'refused' ELSE 'ready' END,
       shown = $2::jsonb, reason = $3, settled_at = now()
   WHERE id = $1 AND status = 'pending'
   RETURNING id`,
);

/** Brings the product's row up to what its images are. $1 product id */
export const SHOW_IMAGES = statement(
  'catalog.show-images',
  `UPDATE product p
   SET images = (SELECT jsonb_agg(i.shown ORDER BY i.id) FROM product_image i WHERE i.product_id = p.id AND i.status = 'ready'),
       images_version = p.images_version + 1, updated_at = now()
   WHERE p.id = $1`,
);

/** $1 product id, $2 image id */
export const DELETE_IMAGE = statement(
  'catalog.delete-image',
  'DELETE FROM product_image WHERE product_id = $1 AND id = $2 RETURNING id, status',
);

/** $1 product id */
export const DELETE_IMAGES = statement(
  'catalog.delete-images',
  'DELETE FROM product_image WHERE product_id = $1 RETURNING id',
);

/** Gives up what was expected in vain, and what was refused. $1 image ids */
export const GIVE_UP_IMAGES = statement(
  'catalog.give-up-images',
  `DELETE FROM product_image
   WHERE id = ANY ($1::uuid[]) AND status <> 'ready' AND expires_at <= now()`,
);

/** $1 image ids */
export const KEPT_IMAGES = statement(
  'catalog.kept-images',
  'SELECT id, status FROM product_image WHERE id = ANY ($1::uuid[])',
);

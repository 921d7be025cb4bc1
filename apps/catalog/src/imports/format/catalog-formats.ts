import type { ImportFormat } from '@lethe/contracts';
import type { CatalogFormat } from './catalog-format.js';
import { onlineRetail } from './online-retail.js';
import { shopify } from './shopify.js';

/** Every format that an import may be in. */
export const catalogFormats: Readonly<Record<ImportFormat, CatalogFormat>> = {
  'online-retail': onlineRetail,
  shopify,
};

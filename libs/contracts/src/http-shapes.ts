import {
  eventsAcceptedSchema,
  eventsSchema,
  funnelSchema,
  periodQuerySchema,
  salesQuerySchema,
  salesSchema,
  topProductsQuerySchema,
  topProductsSchema,
} from './analytics.http.js';
import { loginSchema, profileSchema, refreshSchema, registerSchema, tokensSchema } from './auth.http.js';
import {
  adjustStockSchema,
  createProductSchema,
  importQuerySchema,
  importSchema,
  patchProductSchema,
  productPageSchema,
  productQuerySchema,
  productSchema,
  quoteRequestSchema,
  quoteSchema,
} from './catalog.http.js';
import {
  cartSchema,
  orderPageSchema,
  orderQuerySchema,
  orderSchema,
  placeOrderSchema,
  placedOrderSchema,
  putCartItemSchema,
} from './orders.http.js';

/** Bodies and queries that clients send, by the name under which each is released. */
export const httpRequests = {
  'adjust-stock': adjustStockSchema,
  'create-product': createProductSchema,
  events: eventsSchema,
  'import-query': importQuerySchema,
  login: loginSchema,
  'order-query': orderQuerySchema,
  'patch-product': patchProductSchema,
  'period-query': periodQuerySchema,
  'place-order': placeOrderSchema,
  'product-query': productQuerySchema,
  'put-cart-item': putCartItemSchema,
  'quote-request': quoteRequestSchema,
  refresh: refreshSchema,
  register: registerSchema,
  'sales-query': salesQuerySchema,
  'top-products-query': topProductsQuerySchema,
} as const;

/** Bodies that services answer, by the name under which each is released. */
export const httpResponses = {
  cart: cartSchema,
  'events-accepted': eventsAcceptedSchema,
  funnel: funnelSchema,
  import: importSchema,
  order: orderSchema,
  'order-page': orderPageSchema,
  'placed-order': placedOrderSchema,
  product: productSchema,
  'product-page': productPageSchema,
  profile: profileSchema,
  quote: quoteSchema,
  sales: salesSchema,
  tokens: tokensSchema,
  'top-products': topProductsSchema,
} as const;

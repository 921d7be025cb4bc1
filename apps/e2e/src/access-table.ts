/** Who may call a route, from everyone to one of our own services alone. Whoever stands further right may not less. */
export type Least = 'anyone' | 'customer' | 'analyst' | 'admin' | 'service';

/**
 * The least that each route of the store asks for. It is written by hand, and on purpose: a route that is new, or whose
 * declaration changed, fails the test until someone has thought about it here (S37).
 */
export const accessTable: Readonly<Record<string, Least>> = {
  'GET /auth/.well-known/jwks.json': 'anyone',
  'GET /auth/.well-known/openid-configuration': 'anyone',
  'POST /auth/register': 'anyone',
  'POST /auth/login': 'anyone',
  'POST /auth/refresh': 'anyone',
  'POST /auth/logout': 'anyone',
  'POST /auth/token': 'anyone',
  'POST /auth/password/forgot': 'anyone',
  'POST /auth/password/reset': 'anyone',
  'POST /auth/email/verify': 'anyone',
  'POST /auth/email/resend': 'anyone',
  'GET /auth/me': 'customer',
  'GET /auth/userinfo': 'customer',
  'POST /auth/password': 'customer',
  'POST /auth/email': 'customer',
  'POST /auth/email/confirm': 'customer',
  'POST /auth/totp': 'customer',
  'POST /auth/totp/confirm': 'customer',
  'POST /auth/totp/disable': 'customer',
  'GET /auth/sessions': 'customer',
  'DELETE /auth/sessions': 'customer',
  'DELETE /auth/sessions/{id}': 'customer',
  'GET /auth/users': 'admin',
  'GET /auth/users/{id}': 'admin',
  'PATCH /auth/users/{id}': 'admin',
  'DELETE /auth/users/{id}': 'admin',
  'GET /auth/internal/contacts/{id}': 'service',

  'GET /catalog/products': 'anyone',
  'GET /catalog/products/{id}': 'anyone',
  'POST /catalog/products': 'admin',
  'PATCH /catalog/products/{id}': 'admin',
  'DELETE /catalog/products/{id}': 'admin',
  'GET /catalog/products/{id}/stock': 'admin',
  'POST /catalog/products/{id}/stock': 'admin',
  'GET /catalog/products/{id}/images': 'admin',
  'POST /catalog/products/{id}/images': 'admin',
  'DELETE /catalog/products/{id}/images/{imageId}': 'admin',
  'PUT /catalog/internal/images/{id}': 'service',
  'GET /catalog/images/{id}/{digest}/{file}': 'anyone',
  'POST /catalog/imports': 'admin',
  'GET /catalog/imports/{id}': 'admin',
  'POST /catalog/quotes': 'service',

  'GET /carts/me': 'customer',
  'DELETE /carts/me': 'customer',
  'PUT /carts/me/items/{productId}': 'customer',
  'DELETE /carts/me/items/{productId}': 'customer',
  'POST /orders': 'customer',
  'GET /orders/coupons': 'admin',
  'POST /orders/coupons': 'admin',
  'POST /orders/coupons/{code}/end': 'admin',
  'GET /orders': 'customer',
  'GET /orders/{id}': 'customer',
  'GET /orders/{id}/events': 'customer',
  'POST /orders/{id}/cancel': 'customer',
  'GET /orders/internal/receipts/{id}': 'service',
  'POST /orders/{id}/delivery': 'admin',
  'POST /orders/{id}/returns': 'admin',
  'POST /orders/{id}/refunds': 'admin',
  'POST /orders/{id}/fulfilment': 'admin',
  'POST /orders/{id}/approvals': 'admin',
  'GET /orders/approvals': 'admin',
  'POST /orders/internal/fulfilments/{orderId}/{step}': 'service',
  'POST /orders/internal/refunds/{refundId}/{step}': 'service',
  'POST /payments/webhooks': 'anyone',
  'POST /orders/reconciliations': 'admin',
  'GET /orders/reconciliations/{id}': 'admin',

  'POST /analytics/events': 'anyone',
  'GET /analytics/sales': 'analyst',
  'GET /analytics/top-products': 'analyst',
  'GET /analytics/funnel': 'analyst',
};

/** Routes that name something which belongs to somebody; the rest of those with an id are for admins or for anyone. */
export const ownedRoutes: readonly string[] = Object.entries(accessTable)
  .filter(([route, least]) => route.includes('{') && least === 'customer')
  .map(([route]) => route);

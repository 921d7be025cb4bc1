/** What becomes of a request that is sent twice. */
export type Repeat =
  /** Runs once per `Idempotency-Key`, in the transaction of the key; without one, where none is required, as often as sent. */
  | { readonly by: 'key'; readonly required: boolean }
  /** The second changes nothing, or is refused. */
  | { readonly by: 'nature'; readonly because: string }
  /** Its answer, or what it is asked with, is a secret that must not be kept: so there is no key. */
  | { readonly by: 'secret'; readonly because: string };

const REQUIRED: Repeat = { by: 'key', required: true };
const OPTIONAL: Repeat = { by: 'key', required: false };
const nature = (because: string): Repeat => ({ by: 'nature', because });
const secret = (because: string): Repeat => ({ by: 'secret', because });

const GONE = nature('what is gone is gone');
const VERSION = nature('If-Match names the version that it changes, and the second meets another');
const ONCE = nature('a code is good once: the second is refused');
const STATE = nature('the order is there already: the second gives the same answer or is refused, and does nothing');

/**
 * How each route that changes something bears a repeat (I1-I14). It is written by hand, and on purpose: a route that is new
 * fails the test until someone has thought about it here.
 */
export const idempotencyTable: Readonly<Record<string, Repeat>> = {
  'POST /auth/register': nature('an address has one account: the second is told that it is taken'),
  'POST /auth/login': secret('its answer is tokens; each is a sign-in of its own, which its owner sees and ends'),
  'POST /auth/refresh': secret('its answer is tokens; a second within the grace gives the same successor (S17)'),
  'POST /auth/token': secret('its answer is tokens; an authorization code is good once (S15)'),
  'POST /auth/logout': nature('signed out is signed out'),
  'POST /auth/password/forgot': nature('each code takes the place of the one before, and mails are limited'),
  'POST /auth/password/reset': ONCE,
  'POST /auth/email/verify': ONCE,
  'POST /auth/email/resend': nature('each code takes the place of the one before, and mails are limited'),
  'POST /auth/password': secret('not even the fingerprint of a password is kept; the second meets another password'),
  'POST /auth/email': secret('not even the fingerprint of a password is kept; each code replaces the one before'),
  'POST /auth/email/confirm': ONCE,
  'POST /auth/totp': secret('its answer is a secret; each takes the place of the one before until it is confirmed'),
  'POST /auth/totp/confirm': secret('its answer is recovery codes; the second is refused'),
  'POST /auth/totp/disable': secret('not even the fingerprint of a password is kept; off is off'),
  'DELETE /auth/sessions': GONE,
  'DELETE /auth/sessions/{id}': GONE,
  'PATCH /auth/users/{id}': VERSION,
  'DELETE /auth/users/{id}': GONE,

  'POST /catalog/products': OPTIONAL,
  'PATCH /catalog/products/{id}': VERSION,
  'DELETE /catalog/products/{id}': GONE,
  'POST /catalog/products/{id}/stock': OPTIONAL,
  'POST /catalog/products/{id}/images': secret('its answer is a signed form; one that nobody uses is given up'),
  'DELETE /catalog/products/{id}/images/{imageId}': GONE,
  'PUT /catalog/internal/images/{id}': nature('an image is settled in one way: the same again changes nothing'),
  'POST /catalog/imports': nature('the same file again leaves the catalogue as it is: products are put, by their SKU'),
  'POST /catalog/quotes': nature('it only reads'),

  'DELETE /carts/me': GONE,
  'PUT /carts/me/items/{productId}': nature('it says how much there is, not how much more'),
  'DELETE /carts/me/items/{productId}': GONE,
  'POST /orders': REQUIRED,
  'POST /orders/coupons': OPTIONAL,
  'POST /orders/coupons/{code}/end': nature('ended is ended'),
  'POST /orders/{id}/cancel': STATE,
  'POST /orders/{id}/delivery': STATE,
  'POST /orders/{id}/returns': REQUIRED,
  'POST /orders/{id}/refunds': REQUIRED,
  'POST /orders/{id}/fulfilment': STATE,
  'POST /orders/{id}/approvals': nature('decided is decided: the same again changes nothing, the contrary is refused'),
  'POST /orders/internal/fulfilments/{orderId}/{step}': nature('a step that was taken is not taken again'),
  'POST /orders/internal/refunds/{refundId}/{step}': nature('a step that was taken is not taken again'),
  'POST /orders/reconciliations': OPTIONAL,
  'POST /payments/webhooks': nature("the provider's event has an id, and is heard once"),

  'POST /analytics/events': nature('each event has an id, and is counted once (C8)'),
};

import { createHmac } from 'node:crypto';

/**
 * The value of the header `Stripe-Signature`: when it was signed, and a signature by each secret, for a webhook whose
 * secret is being changed has two (https://docs.stripe.com/webhooks#verify-manually).
 */
export function signatureOf(payload: string, secrets: readonly string[], seconds: number): string {
  const sign = (secret: string) => createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex');
  return [`t=${seconds}`, ...secrets.map((secret) => `v1=${sign(secret)}`)].join(',');
}

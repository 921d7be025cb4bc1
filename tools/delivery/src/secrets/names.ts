import { storeServices } from '@lethe/contracts';

/** Who signs calls to services: each of them, and the functions. */
export const KEYED = [...storeServices.map(({ name }) => name), 'functions'] as const;

/** The private key with which one of {@link KEYED} signs its calls, a JWK. */
export const serviceKeySecret = (name: string): string => `lethe/${name}/service-key`;

/** The public keys of all of them, a JWKS. */
export const SERVICE_KEYS_SECRET = 'lethe/service-keys';

/** A secret that somebody else makes, and the variable that it is taken from. */
export interface ProvidedSecret {
  readonly name: string;
  readonly variable: 'STRIPE_API_KEY' | 'PAYMENT_WEBHOOK_SECRET';
}

/** What the payment provider makes. */
export const PROVIDED: readonly ProvidedSecret[] = [
  { name: 'lethe/orders/stripe-key', variable: 'STRIPE_API_KEY' },
  { name: 'lethe/orders/webhook-secret', variable: 'PAYMENT_WEBHOOK_SECRET' },
];

/**
 * Whether a value is what CloudFormation has put there by chance, when it made the secret: 32 letters and digits. What a
 * payment provider makes says what it is before an underscore.
 */
export const isGenerated = (value: string): boolean => /^[A-Za-z0-9]{32}$/.test(value);

import type { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { storeServices } from '@lethe/contracts';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import type { StoreKeys } from './keys.stack.js';

/** A secret that a variable of a service is filled from (S56). */
interface SecretDefinition {
  readonly name: string;
  readonly variable: string;
  readonly description: string;
  /** The services that read it; the functions are one of them. */
  readonly readers: readonly string[];
  /** Whether only the step before a deployment reads it. */
  readonly migrationOnly?: true;
  /** Made here, so many characters long; without it the first deployment puts it. */
  readonly generated?: number;
}

/** The name by which functions sign their calls. */
export const FUNCTIONS = 'functions';

const serviceNames = storeServices.map(({ name }) => name);

/** Every secret of the store but those of its database and cache. */
export const storeSecrets: readonly SecretDefinition[] = [
  ...[...serviceNames, FUNCTIONS].map((name) => ({
    name: `lethe/${name}/service-key`,
    variable: 'SERVICE_KEY',
    description: `The private key with which ${name} signs its calls, a JWK.`,
    readers: [name],
  })),
  {
    name: 'lethe/service-keys',
    variable: 'SERVICE_KEYS',
    description: 'The public keys of all services, a JWKS: no secret, but put with them.',
    readers: serviceNames,
  },
  {
    name: 'lethe/auth/key-secret',
    variable: 'AUTH_KEY_SECRET',
    description: 'Encrypts signing keys at rest: 32 bytes, as 43 letters and digits of base64 are.',
    readers: ['auth'],
    generated: 43,
  },
  {
    name: 'lethe/auth/admin-password',
    variable: 'LETHE_ADMIN_PASSWORD',
    description: 'Password of the first admin.',
    readers: ['auth'],
    migrationOnly: true,
    generated: 40,
  },
  {
    name: 'lethe/orders/stripe-key',
    variable: 'STRIPE_API_KEY',
    description: 'Key of the account at the payment provider.',
    readers: ['orders'],
  },
  {
    name: 'lethe/orders/webhook-secret',
    variable: 'PAYMENT_WEBHOOK_SECRET',
    description: "Signs the payment provider's webhooks.",
    readers: ['orders'],
  },
  {
    name: 'lethe/analytics/session-salt',
    variable: 'SESSION_SALT',
    description: 'Key of the pseudonyms of sessions and customers; never changed.',
    readers: ['analytics'],
    generated: 64,
  },
];

const NOT_BY_A_CLOCK =
  'Whoever verifies must know the new one before whoever signs uses it: replaced by an operator, old and new side by side.';

/** Secrets with a value of chance; those that nobody can make up here are put by the first deployment. */
export function addSecrets(scope: Construct, keys: StoreKeys, removal: RemovalPolicy): ReadonlyMap<string, Secret> {
  return new Map(
    storeSecrets.map(({ name, description, generated = 32 }) => {
      const secret = new Secret(scope, name.replaceAll('/', '-'), {
        secretName: name,
        description,
        encryptionKey: keys.secrets,
        removalPolicy: removal,
        generateSecretString: { excludePunctuation: true, passwordLength: generated },
      });
      acknowledge(secret, ['AwsSolutions-SMG4'], NOT_BY_A_CLOCK);
      return [name, secret];
    }),
  );
}

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
  /** Why no clock replaces it, and who does: nag wants to know, and `RESTORE.md` says how. */
  readonly unrotated: string;
  /** Made here, so many characters long; without it the first deployment puts it. */
  readonly generated?: number;
}

/** The name by which functions sign their calls. */
export const FUNCTIONS = 'functions';

const BY_OPERATOR =
  'Whoever verifies must know the new one before whoever signs uses it: replaced by an operator, old and new side by side.';
const BY_PROVIDER =
  'The payment provider makes it, and takes the old one for as long as it says: replaced by an operator.';

const serviceNames = storeServices.map(({ name }) => name);

/** Every secret of the store but those of its database and cache. */
export const storeSecrets: readonly SecretDefinition[] = [
  ...[...serviceNames, FUNCTIONS].map((name) => ({
    name: `lethe/${name}/service-key`,
    variable: 'SERVICE_KEY',
    description: `The private key with which ${name} signs its calls, a JWK.`,
    readers: [name],
    unrotated: BY_OPERATOR,
  })),
  {
    name: 'lethe/service-keys',
    variable: 'SERVICE_KEYS',
    description: 'The public keys of all services, a JWKS: no secret, but put with them.',
    readers: serviceNames,
    unrotated: BY_OPERATOR,
  },
  {
    name: 'lethe/auth/key-secret',
    variable: 'AUTH_KEY_SECRET',
    description: 'Encrypts signing keys at rest: 32 bytes, as 43 letters and digits of base64 are.',
    readers: ['auth'],
    unrotated:
      'Signing keys at rest are sealed with it, and rotate themselves: another one would leave them unreadable.',
    generated: 43,
  },
  {
    name: 'lethe/auth/admin-password',
    variable: 'LETHE_ADMIN_PASSWORD',
    description: 'Password of the first admin.',
    readers: ['auth'],
    migrationOnly: true,
    unrotated:
      'It is set by the step before a deployment, and ends the sign-ins of the admin: replaced by an operator.',
    generated: 40,
  },
  {
    name: 'lethe/orders/stripe-key',
    variable: 'STRIPE_API_KEY',
    description: 'Key of the account at the payment provider.',
    readers: ['orders'],
    unrotated: BY_PROVIDER,
  },
  {
    name: 'lethe/orders/webhook-secret',
    variable: 'PAYMENT_WEBHOOK_SECRET',
    description: "Signs the payment provider's webhooks.",
    readers: ['orders'],
    unrotated: BY_PROVIDER,
  },
  {
    name: 'lethe/analytics/session-salt',
    variable: 'SESSION_SALT',
    description: 'Key of the pseudonyms of sessions and customers; never changed.',
    readers: ['analytics'],
    unrotated: 'Pseudonyms in the lake are made with it: another one would make each customer two.',
    generated: 64,
  },
];

/** Secrets with a value of chance; those that nobody can make up here are put by the first deployment. */
export function addSecrets(scope: Construct, keys: StoreKeys, removal: RemovalPolicy): ReadonlyMap<string, Secret> {
  return new Map(
    storeSecrets.map(({ name, description, unrotated, generated = 32 }) => {
      const secret = new Secret(scope, name.replaceAll('/', '-'), {
        secretName: name,
        description,
        encryptionKey: keys.secrets,
        removalPolicy: removal,
        generateSecretString: { excludePunctuation: true, passwordLength: generated },
      });
      acknowledge(secret, ['AwsSolutions-SMG4'], unrotated);
      return [name, secret];
    }),
  );
}

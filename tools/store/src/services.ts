import { join } from 'node:path';
import { storeServices as declaredServices } from '@lethe/contracts';
import type { Secrets } from './state.js';

/** The top of the checkout, seen from `src` and from `dist` alike. */
export const root = join(import.meta.dirname, '..', '..', '..');

/** Where Node keeps compiled code from start to start, shared by every store of this checkout: a replica starts in half the time. */
export const compileCache = join(root, 'node_modules', '.cache', 'lethe-compile');

/** A service of the store: the paths that the balancer sends to it, and where its program lies. */
export interface StoreService {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly main: string;
  readonly migrate: string;
}

const service = (name: string, prefixes: readonly string[]): StoreService => ({
  name,
  prefixes,
  main: join(root, 'apps', name, 'dist', 'main.js'),
  migrate: join(root, 'apps', name, 'dist', 'migrate.js'),
});

export const storeServices: readonly StoreService[] = declaredServices.map(({ name, paths }) => service(name, paths));

/** The functions, served on this machine by the Invoke API of Lambda. */
export const functionsServer = join(root, 'apps', 'functions', 'dist', 'main.js');
/** The name by which the functions sign their calls. */
export const FUNCTIONS = 'functions';

export const paymentSimulator = join(root, 'apps', 'payment-simulator', 'dist', 'main.js');

export interface Surroundings {
  /** The AWS SDK's own variables: region, credentials, endpoints. */
  readonly aws: Readonly<Record<string, string>>;
  /** Of Valkey or Redis, where this machine has one. */
  readonly valkeyUrl?: string | undefined;
  /** Where Cognito and its user pool are, with IDENTITY_PROVIDER=cognito. */
  readonly cognito?: Readonly<Record<string, string>> | undefined;
  readonly publicUrl: string;
  readonly paymentUrl: string;
  readonly databaseUrl: (service: string) => string;
  readonly secrets: Secrets;
  readonly logLevel: string;
  readonly compileCache: string;
}

/** The variables of the AWS SDK for one role: on this machine the access key is its name, and any name may do anything. */
export function signedBy(aws: Surroundings['aws'], role: string): Record<string, string> {
  return { ...aws, AWS_ACCESS_KEY_ID: role };
}

/** What every replica is told: plain variables, as ECS hands them in from the task definition and Secrets Manager. */
export function environmentOf({ name }: StoreService, around: Surroundings): Record<string, string> {
  return {
    ...signedBy(around.aws, `lethe-${name}`),
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: around.compileCache,
    LOG_LEVEL: around.logLevel,
    PUBLIC_URL: around.publicUrl,
    JWKS_URL: `${around.publicUrl}/auth/.well-known/jwks.json`,
    DATABASE_URL: around.databaseUrl(name),
    SERVICE_KEY: JSON.stringify(around.secrets.serviceKeys[name]?.privateJwk),
    SERVICE_KEYS: JSON.stringify({ keys: Object.values(around.secrets.serviceKeys).map((key) => key.publicJwk) }),
    ...(around.valkeyUrl === undefined ? {} : { VALKEY_URL: around.valkeyUrl }),
    ...(around.cognito === undefined ? {} : { IDENTITY_PROVIDER: 'cognito', ...around.cognito }),
    ...(name === 'auth' ? { AUTH_KEY_SECRET: around.secrets.authKeySecret } : {}),
    ...(name === 'orders' ? ordersEnvironment(around) : {}),
    ...(name === 'analytics' ? { SESSION_SALT: around.secrets.sessionSalt } : {}),
  };
}

function ordersEnvironment({ publicUrl, paymentUrl, secrets }: Surroundings): Record<string, string> {
  return {
    CATALOG_URL: publicUrl,
    PAYMENT_URL: paymentUrl,
    // The simulator takes any key of a test account.
    STRIPE_API_KEY: 'sk_test_simulated',
    PAYMENT_WEBHOOK_SECRET: secrets.paymentWebhookSecret,
    // A parcel that one can watch arrive.
    WORKFLOW_WAIT_SECONDS: '2',
    WORKFLOW_SETTLE_SECONDS: '5',
    WORKFLOW_TRANSIT_SECONDS: '5',
  };
}

/**
 * The webhooks that orders asks for. Of a payment that the customer or the bank takes time for, and of refunds that do:
 * anything else comes of what orders itself has just asked for.
 */
const WEBHOOK_EVENTS = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'refund.updated',
  'refund.failed',
];

/** What the payment provider is told: where browsers reach it, and where its webhooks go. */
export function paymentsEnvironment(
  { publicUrl, paymentUrl, secrets }: Pick<Surroundings, 'publicUrl' | 'paymentUrl' | 'secrets'>,
  dataDir: string,
): Record<string, string> {
  return {
    DATA_DIR: join(dataDir, 'payments'),
    PUBLIC_URL: paymentUrl,
    WEBHOOK_URL: `${publicUrl}/payments/webhooks`,
    WEBHOOK_SECRET: secrets.paymentWebhookSecret,
    WEBHOOK_EVENTS: WEBHOOK_EVENTS.join(','),
  };
}

import { createRequire } from 'node:module';

// The parts of cognito-local 5.3.0 that its package does not export; the exact version is pinned. Its own default server
// is not used because it loads the whole AWS SDK 2 (some 60 MB), keeps its data in the current directory, and prints
// the codes that it sends instead of keeping them.

/** A name and its value, as the API of Cognito has attributes. */
export interface Attribute {
  readonly Name: string;
  readonly Value?: string;
}

/** A user as cognito-local stores it. */
export interface PoolUser {
  readonly Username: string;
  readonly Attributes: readonly Attribute[];
  readonly Enabled: boolean;
  readonly UserStatus: string;
  readonly Password?: string;
  readonly RefreshTokens?: readonly string[];
  readonly ConfirmationCode?: string;
}

/** Passed along with each call; of its logger only levels are used. */
export type Context = object;

/** A user pool. */
export interface Pool {
  readonly options: { readonly Id: string };
  getUserByUsername(context: Context, username: string): Promise<PoolUser | null>;
  getUserByRefreshToken(context: Context, token: string): Promise<PoolUser | null>;
  listGroups(context: Context): Promise<readonly { readonly GroupName: string }[]>;
  listUserGroupMembership(context: Context, user: PoolUser): Promise<readonly string[]>;
  saveGroup(context: Context, group: object): Promise<void>;
  saveUser(context: Context, user: PoolUser): Promise<void>;
  saveAppClient(context: Context, client: object): Promise<void>;
}

/** All user pools and app clients. */
export interface Cognito {
  createUserPool(context: Context, pool: object): Promise<{ readonly Id: string }>;
  getUserPool(context: Context, id: string): Promise<Pool>;
  getUserPoolForClientId(context: Context, clientId: string): Promise<Pool>;
  getAppClient(context: Context, clientId: string): Promise<AppClient | null>;
  listUserPools(context: Context): Promise<readonly { readonly Id: string }[]>;
}

/** An app client of a pool. */
export interface AppClient {
  readonly ClientId: string;
  readonly UserPoolId: string;
}

/** What a sign-in gives. */
export interface Tokens {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly RefreshToken: string;
}

/** Makes tokens for a user. */
export interface TokenGenerator {
  generate(
    context: Context,
    user: PoolUser,
    groups: readonly string[],
    client: AppClient,
    metadata: undefined,
    source: string,
  ): Promise<Tokens>;
}

/** An answer that the SDK turns into the exception of that name. */
export type CognitoErrorClass = new (code: string, message: string) => Error & { readonly code: string };

/** One operation of the API: its request to its answer. */
export type Route = (context: Context, request: Record<string, unknown>) => Promise<object>;
/** Finds an operation by its name. */
export type Router = (target: string) => Route;

/** What operations are made of. */
export interface Services {
  readonly clock: { get(): Date };
  readonly cognito: Cognito;
  readonly config: object;
  readonly messages: { deliver(...details: readonly unknown[]): Promise<void> };
  readonly otp: () => string;
  readonly tokenGenerator: TokenGenerator;
  readonly triggers: object;
}

type Making<T> = new (...parts: never[]) => T;

/** The modules of cognito-local, taken together. */
export interface CognitoParts {
  readonly Router: (services: Services) => Router;
  readonly createServer: (router: Router, logger: object, options: object) => { readonly application: Application };
  readonly DateClock: Making<Services['clock']>;
  readonly StormDBDataStoreFactory: new (directory: string) => object;
  readonly UserPoolServiceFactoryImpl: new (clock: object, stores: object) => object;
  readonly CognitoServiceFactoryImpl: new (
    directory: string,
    stores: object,
    pools: object,
  ) => { create(context: Context, defaults: object): Promise<Cognito> };
  readonly LambdaService: new (functions: object, client: object) => object;
  readonly TriggersService: new (clock: object, cognito: object, lambda: object, crypto: object) => object;
  readonly MessageDeliveryService: new (sender: object) => object;
  readonly MessagesService: new (triggers: object, delivery: object) => Services['messages'];
  readonly JwtTokenGenerator: new (clock: object, triggers: object, config: object) => TokenGenerator;
  readonly CognitoError: CognitoErrorClass;
  readonly otp: () => string;
  readonly pino: (options: { readonly level: string }) => object;
  readonly jwt: {
    sign(claims: object, key: string, options: object): string;
    decode(token: string): Record<string, unknown> | null;
  };
  readonly privateKey: string;
}

/** What is used of its Express application, which is a listener of `node:http`. */
export type Application = import('node:http').RequestListener & {
  get(path: string, handler: (request: object, response: { json(body: unknown): void }) => void): void;
};

const FILES = [
  'server/Router.js',
  'server/server.js',
  'services/clock.js',
  'services/dataStore/stormDb.js',
  'services/userPoolService.js',
  'services/cognitoService.js',
  'services/lambda.js',
  'services/triggers/triggers.js',
  'services/messageDelivery/messageDelivery.js',
  'services/messages.js',
  'services/tokenGenerator.js',
  'services/otp.js',
  'errors.js',
];

/** Loads the parts. */
export function loadCognitoParts(): CognitoParts {
  const main = import.meta.resolve('cognito-local');
  const load = createRequire(main);
  const files: object[] = FILES.map((file) => load(new URL(file, main).pathname) as object);
  const key = load(new URL('keys/cognitoLocal.private.json', main).pathname) as { readonly pem: string };
  const rest = { pino: load('pino') as unknown, jwt: load('jsonwebtoken') as unknown, privateKey: key.pem };
  return Object.assign({}, ...files, rest) as CognitoParts;
}

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type CognitoParts, type Context, type Services, loadCognitoParts } from './cognito-parts.js';
import { COGNITO_CLIENT_ID, cognitoPoolId } from './cognito-pool.js';
import { addTokenClaims } from './cognito-token-trigger.js';
import { repaired } from './cognito-repairs.js';
import { type EmulatorOptions, type RunningEmulator } from '../emulator-options.js';
import { serveHttp } from '../http-emulator.js';

const GROUPS = ['admin', 'analyst', 'customer'];
/** Sent messages kept for whoever waits for a code. */
const KEPT_MESSAGES = 200;

/** A message that the pool would have sent. */
interface SentMessage {
  readonly to: string;
  readonly code: string;
}

/**
 * Amazon Cognito user pools by cognito-local, the pool in a JSON file. `GET /messages` shows what it would have sent.
 * With `functionsUrl`, where the Invoke API of Lambda is served, the pool has the triggers of the store.
 */
export async function runCognito(options: EmulatorOptions): Promise<RunningEmulator> {
  mkdirSync(options.dataDir, { recursive: true });
  const parts = loadCognitoParts();
  const logger = parts.pino({ level: 'error' });
  const context: Context = { logger };
  const sent: SentMessage[] = [];
  const services = await buildServices(parts, options, context, sent);
  await provision(services, context, options.region);
  const router = parts.Router(services);
  const { application } = parts.createServer((target) => repaired(target, router(target), services, parts), logger, {
    development: false,
  });
  application.get('/messages', (_request, response) => response.json(sent));
  return serveHttp(createHttpServer(application), options);
}

async function buildServices(
  parts: CognitoParts,
  options: EmulatorOptions,
  context: Context,
  sent: SentMessage[],
): Promise<Services> {
  const clock = new parts.DateClock();
  const stores = new parts.StormDBDataStoreFactory(options.dataDir);
  const pools = new parts.UserPoolServiceFactoryImpl(clock, stores);
  const factory = new parts.CognitoServiceFactoryImpl(options.dataDir, stores, pools);
  const cognito = await factory.create(context, { UsernameAttributes: ['email'], AutoVerifiedAttributes: ['email'] });
  const { functionsUrl } = options;
  const functions = functionsUrl === undefined ? {} : { UserMigration: 'lethe-migrate-user' };
  const lambda = new parts.LambdaService(functions, lambdaClient(functionsUrl));
  // Encryption of codes for a custom sender is not used here.
  const triggers = new parts.TriggersService(clock, cognito, lambda, {});
  const keep = (_context: Context, _user: object, to: string, { __code: code }: { readonly __code: string }) => {
    sent.push({ to, code });
    sent.splice(0, sent.length - KEPT_MESSAGES);
    return Promise.resolve();
  };
  const messages = new parts.MessagesService(
    triggers,
    new parts.MessageDeliveryService({ sendEmail: keep, sendSms: keep }),
  );
  const plain = new parts.JwtTokenGenerator(clock, triggers, { IssuerDomain: `http://127.0.0.1:${options.port}` });
  const tokenGenerator = addTokenClaims(plain, parts, functionsUrl);
  return { clock, cognito, config: { UserPoolDefaults: {} }, messages, otp: parts.otp, tokenGenerator, triggers };
}

/** The client of Lambda as cognito-local expects it, on the Invoke API. */
function lambdaClient(functionsUrl: string | undefined): object {
  return {
    invoke: ({ FunctionName, Payload }: { readonly FunctionName: string; readonly Payload: string }) => ({
      promise: async () => {
        const url = `${functionsUrl}/2015-03-31/functions/${FunctionName}/invocations`;
        const response = await fetch(url, { method: 'POST', body: Payload });
        const failure = response.headers.get('x-amz-function-error');
        const text = await response.text();
        return { StatusCode: response.status, FunctionError: failure ?? undefined, Payload: named(text) };
      },
    }),
  };
}

/** Cognito gives a user who moves in a `sub`, which is the user name too; cognito-local leaves both out. */
function named(text: string): string {
  const answer = JSON.parse(text) as { response?: { userAttributes?: Record<string, string> } };
  const attributes = answer.response?.userAttributes;
  if (attributes !== undefined) attributes['sub'] = attributes['username'] = randomUUID();
  return JSON.stringify(answer);
}

/** A pool with groups and an app client, made at the first start. */
async function provision({ cognito, clock }: Services, context: Context, region: string): Promise<void> {
  const id = cognitoPoolId(region);
  const known = await cognito.listUserPools(context);
  if (!known.some(({ Id }) => Id === id)) {
    await cognito.createUserPool(context, { Id: id, Name: 'lethe', UsernameAttributes: ['email'] });
  }
  const pool = await cognito.getUserPool(context, id);
  const now = clock.get();
  const groups = new Set((await pool.listGroups(context)).map(({ GroupName }) => GroupName));
  for (const name of GROUPS.filter((group) => !groups.has(group))) {
    await pool.saveGroup(context, { GroupName: name, CreationDate: now, LastModifiedDate: now, members: [] });
  }
  await pool.saveAppClient(context, {
    ClientId: COGNITO_CLIENT_ID,
    ClientName: 'lethe',
    UserPoolId: id,
    CreationDate: now,
    LastModifiedDate: now,
    AccessTokenValidity: 10,
    IdTokenValidity: 10,
    RefreshTokenValidity: 30,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
  });
}

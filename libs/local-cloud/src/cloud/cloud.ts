import { resolve, join } from 'node:path';
import { type EmulatorKind, type EmulatorOptions } from '../emulators/emulator-options.js';
import { LOCAL_SECRET_KEY } from '../emulators/form-uploads.js';
import { valkeyBinary } from '../emulators/valkey/valkey-binary.js';
import { type CloudEvent } from './cloud-event.js';
import { DataDirectory } from './data-directory.js';
import { databaseUrlOn, ensureDatabaseOn } from './database.js';
import { cognitoEnv } from './cognito-env.js';
import { KINDS } from './emulator-kinds.js';
import { Emulator } from './emulator.js';

/** The embedded backing services, running. */
export interface Cloud {
  /** What the AWS SDK and the services read: region, credentials, endpoints; LETHE_POSTGRES_URL for the superuser. */
  readonly env: Record<string, string>;
  readonly services: readonly { readonly name: EmulatorKind; readonly url: string; readonly pid?: number }[];
  /** URL of a database, whether it exists or not. */
  databaseUrl(name: string): string;
  /** Makes the database where it is missing; answers its URL. */
  ensureDatabase(name: string): Promise<string>;
  /** Ends everything with its data written. */
  stop(): Promise<void>;
}

/** How a cloud is started. */
export interface CloudOptions {
  /** Holds all data, logs, and the ports of the last start. */
  readonly dataDir: string;
  /** Wished ports; without one, the port of the last start or the default. */
  readonly ports?: Partial<Record<EmulatorKind, number>>;
  /** Whether servers that have neither listen on any free port, and not on those that everyone begins with. */
  readonly anyPorts?: boolean;
  /** Whether there is an SES, which keeps what it is to send. */
  readonly mail?: boolean;
  /** Whether there is a Cognito, which takes 90 MB; only stores with `IDENTITY_PROVIDER=cognito` need one. */
  readonly cognito?: boolean;
  /** Whether there is a Step Functions. */
  readonly workflows?: boolean;
  /** Where triggers of that Cognito and tasks of workflows are invoked: an endpoint with the Invoke API of Lambda. */
  readonly functionsUrl?: string | undefined;
  readonly onEvent?: (event: CloudEvent) => void;
}

/** Beside the well-known ports, so that a Postgres or LocalStack of the user's own keeps its place. */
const DEFAULT_PORTS: Record<EmulatorKind, number> = {
  postgres: 15432,
  fauxqs: 14566,
  dynamodb: 18000,
  kinesis: 14567,
  ses: 14568,
  cognito: 19229,
  sfn: 14569,
  valkey: 16379,
};
const DYING_PORT_MS = 2_000;
const REGION = 'us-east-1';
/** The account of fauxqs, which it does not let one choose. */
const ACCOUNT_ID = '000000000000';

/**
 * Starts PostgreSQL, SNS/SQS/S3, DynamoDB and Kinesis on 127.0.0.1, each in a process of its own that ends with this
 * one. Data are kept in `dataDir`; a port that is taken is replaced by a free one (event `port-taken`).
 *
 * @throws CloudAlreadyRunningError while another process holds `dataDir`.
 * @throws EmulatorStartError when a server does not start; the others are ended then.
 */
export function startCloud(options: CloudOptions): Promise<Cloud> {
  return startOn(options, options.anyPorts === true ? {} : DEFAULT_PORTS, false);
}

/** As `startCloud`, with any free ports and nothing synced to disk: for data that are thrown away. */
export function startEphemeralCloud(options: CloudOptions): Promise<Cloud> {
  return startOn(options, {}, true);
}

async function startOn(options: CloudOptions, defaults: CloudOptions['ports'], ephemeral: boolean): Promise<Cloud> {
  const directory = await DataDirectory.take(resolve(options.dataDir));
  try {
    const state = directory.readState();
    const wished = { ...defaults, ...state.ports, ...options.ports };
    directory.writeState(state);
    const emulators = await startAll(
      { functionsUrl: options.functionsUrl, ephemeral, password: state.password },
      kindsOf(options),
      directory,
      wished,
      options.onEvent ?? (() => undefined),
    );
    directory.writeState({ ...state, ports: Object.fromEntries(emulators.map(({ kind, port }) => [kind, port])) });
    return describe(emulators, state.password, directory);
  } catch (error) {
    directory.release();
    throw error;
  }
}

function kindsOf({ mail, cognito, workflows }: CloudOptions): EmulatorKind[] {
  return [
    ...KINDS,
    ...(mail === true ? (['ses'] as const) : []),
    ...(cognito === true ? (['cognito'] as const) : []),
    ...(workflows === true ? (['sfn'] as const) : []),
    ...(givenValkey() === undefined && valkeyBinary() !== undefined ? (['valkey'] as const) : []),
  ];
}

/** A server of Valkey or Redis that runs already, as the environment says. */
function givenValkey(): string | undefined {
  const url = process.env['VALKEY_URL'];
  return url === '' ? undefined : url;
}

async function startAll(
  settings: Pick<EmulatorOptions, 'functionsUrl' | 'ephemeral' | 'password'>,
  kinds: readonly EmulatorKind[],
  directory: DataDirectory,
  ports: Partial<Record<EmulatorKind, number>>,
  onEvent: (event: CloudEvent) => void,
): Promise<Emulator[]> {
  const since = performance.now();
  const outcomes = await Promise.allSettled(
    kinds.map(async (kind) => {
      const dataDir = join(directory.path, kind);
      // A killed server holds its port until its last thread is gone.
      const patienceMs = directory.takenOver ? DYING_PORT_MS : 0;
      const wished = { kind, port: ports[kind], dataDir, region: REGION, accountId: ACCOUNT_ID, ...settings };
      const emulator = await Emulator.start(wished, patienceMs, join(directory.path, 'logs'), onEvent);
      onEvent({ type: 'ready', service: kind, port: emulator.port, ms: Math.round(performance.now() - since) });
      return emulator;
    }),
  );
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return started;
  await Promise.all(started.map((emulator) => emulator.stop()));
  throw failed.reason;
}

function describe(emulators: readonly Emulator[], password: string, directory: DataDirectory): Cloud {
  const url = (kind: EmulatorKind) => {
    const port = emulators.find((emulator) => emulator.kind === kind)?.port;
    if (kind === 'postgres') return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return `${kind === 'valkey' ? 'redis' : 'http'}://127.0.0.1:${port}`;
  };
  const valkey = emulators.some(({ kind }) => kind === 'valkey') ? url('valkey') : givenValkey();
  let stopped: Promise<void> | undefined;
  return {
    env: {
      AWS_REGION: REGION,
      AWS_ACCOUNT_ID: ACCOUNT_ID,
      // No look for an instance's own credentials, which would cost every client a second.
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: LOCAL_SECRET_KEY,
      AWS_ENDPOINT_URL_SQS: url('fauxqs'),
      AWS_ENDPOINT_URL_SNS: url('fauxqs'),
      AWS_ENDPOINT_URL_S3: url('fauxqs'),
      AWS_ENDPOINT_URL_DYNAMODB: url('dynamodb'),
      AWS_ENDPOINT_URL_KINESIS: url('kinesis'),
      LETHE_POSTGRES_URL: url('postgres'),
      ...(valkey === undefined ? {} : { VALKEY_URL: valkey }),
      ...(emulators.some(({ kind }) => kind === 'ses') ? { AWS_ENDPOINT_URL_SESV2: url('ses') } : {}),
      ...(emulators.some(({ kind }) => kind === 'sfn') ? { AWS_ENDPOINT_URL_SFN: url('sfn') } : {}),
      ...(emulators.some(({ kind }) => kind === 'cognito') ? cognitoEnv(url('cognito'), REGION) : {}),
    },
    get services() {
      return emulators.map(({ kind, pid }) => ({ name: kind, url: url(kind), ...(pid === undefined ? {} : { pid }) }));
    },
    databaseUrl: (name) => databaseUrlOn(url('postgres'), name),
    ensureDatabase: (name) => ensureDatabaseOn(url('postgres'), name),
    stop: () => {
      stopped ??= Promise.all(emulators.map((emulator) => emulator.stop())).then(() => directory.release());
      return stopped;
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalCloudError } from '../local-cloud.errors.js';
import { type CloudEvent } from './cloud-event.js';
import { Emulator } from './emulator.js';

const REGION = 'us-east-1';
const ACCOUNT_ID = '000000000000';

/** An embedded Step Functions of one spec. */
export interface TestStepFunctions {
  /** The variables by which services and the AWS SDK find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Its process now. */
  readonly pid: number;
  /** Kills its process with SIGKILL, and waits until another serves in its place, on the same data. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a Step Functions without state machines, for one spec; it ends with this process. Tasks are invoked at
 * `functionsUrl`, the Invoke API of Lambda.
 *
 * @throws EmulatorStartError
 */
export async function startTestStepFunctions(options: { readonly functionsUrl: string }): Promise<TestStepFunctions> {
  const root = await mkdtemp(join(tmpdir(), 'lethe-sfn-'));
  let restarted = Promise.withResolvers<void>();
  const onEvent = ({ type }: CloudEvent): void => {
    if (type === 'restarted') restarted.resolve();
  };
  const settings = {
    kind: 'sfn',
    dataDir: join(root, 'sfn'),
    region: REGION,
    accountId: ACCOUNT_ID,
    password: '',
    ephemeral: true,
    ...options,
  } as const;
  const emulator = await Emulator.start(settings, 0, join(root, 'logs'), onEvent);
  const pidNow = (): number => {
    if (emulator.pid === undefined) throw new LocalCloudError('Step Functions does not run');
    return emulator.pid;
  };
  return {
    env: {
      AWS_REGION: REGION,
      AWS_ACCOUNT_ID: ACCOUNT_ID,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${emulator.port}`,
    },
    get pid() {
      return pidNow();
    },
    kill: async () => {
      restarted = Promise.withResolvers<void>();
      process.kill(pidNow(), 'SIGKILL');
      await restarted.promise;
    },
    stop: async () => {
      await emulator.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

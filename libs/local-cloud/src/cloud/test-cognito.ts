import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalCloudError } from '../local-cloud.errors.js';
import { cognitoEnv } from './cognito-env.js';
import { Emulator } from './emulator.js';

const REGION = 'us-east-1';
const MESSAGE_TIMEOUT_MS = 5_000;

/** An embedded Cognito of one spec. */
export interface TestCognito {
  /** The variables by which services and the AWS SDK find it. */
  readonly env: Readonly<Record<string, string>>;
  /** The newest code that was sent to the address. Throws a LocalCloudError where none was. */
  codeFor(email: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a Cognito with an empty pool, for one spec; it ends with this process. With `functionsUrl`, the Invoke API of
 * Lambda, the pool has the triggers of the store.
 *
 * @throws EmulatorStartError
 */
export async function startTestCognito(options: { readonly functionsUrl?: string } = {}): Promise<TestCognito> {
  const root = await mkdtemp(join(tmpdir(), 'lethe-cognito-'));
  const emulator = await Emulator.start(
    {
      kind: 'cognito',
      dataDir: join(root, 'cognito'),
      region: REGION,
      accountId: '000000000000',
      password: '',
      ephemeral: true,
      ...options,
    },
    0,
    join(root, 'logs'),
    () => undefined,
  );
  const url = `http://127.0.0.1:${emulator.port}`;
  return {
    env: cognitoEnv(url, REGION),
    codeFor: async (email) => {
      const response = await fetch(`${url}/messages`, { signal: AbortSignal.timeout(MESSAGE_TIMEOUT_MS) });
      const messages = (await response.json()) as readonly { readonly to: string; readonly code: string }[];
      const code = messages.findLast(({ to }) => to === email)?.code;
      if (code === undefined) throw new LocalCloudError(`no code was sent to ${email}`);
      return code;
    },
    stop: async () => {
      await emulator.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoundedLog } from '../bounded-log.js';
import { type EmulatorOptions } from '../emulators/emulator-options.js';
import { pickPort } from '../ports.js';
import { startEmulatorProcess } from './emulator-process.js';

/** A server of one spec's own, to be filled, frozen and killed. */
export interface TestValkey {
  readonly url: string;
  readonly port: number;
  /** Ends it at once, as SIGKILL does; nothing of its data stays. */
  stop(): Promise<void>;
  /** Ends it, runs what is to happen while it is gone, and starts an empty one on the same port. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
}

/** More settings of the server's command line, such as `--cluster-enabled yes`, which may depend on its port. */
export type ValkeySettings = readonly string[] | ((port: number) => readonly string[]);

/**
 * Starts a Valkey or Redis for one spec; it ends with this process. For most specs the shared one at VALKEY_URL will do.
 *
 * @throws EmulatorStartError, also where this machine has no server; see `describeWithValkey`.
 */
export async function startTestValkey(settings: ValkeySettings = []): Promise<TestValkey> {
  const root = await mkdtemp(join(tmpdir(), 'lethe-valkey-'));
  const port = await pickPort();
  const options: EmulatorOptions = {
    kind: 'valkey',
    port,
    dataDir: join(root, 'valkey'),
    region: 'us-east-1',
    accountId: '000000000000',
    password: '',
    ephemeral: true,
    valkeyArguments: typeof settings === 'function' ? settings(port) : settings,
  };
  const log = new BoundedLog(join(root, 'valkey.log'));
  let running = await startEmulatorProcess(options, log);
  const end = () => running.stop(5_000);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: async () => {
      await end();
      log.close();
      await rm(root, { recursive: true, force: true });
    },
    restart: async (meanwhile) => {
      await end();
      await meanwhile?.();
      running = await startEmulatorProcess(options, log);
    },
  };
}

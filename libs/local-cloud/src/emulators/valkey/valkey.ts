import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalCloudError } from '../../local-cloud.errors.js';
import { systemErrorCode } from '../../system-error.js';
import { type EmulatorOptions, type RunningEmulator } from '../emulator-options.js';
import { valkeyBinary } from './valkey-binary.js';
import { endValkeyLeftover, recordValkey } from './valkey-leftover.js';

const READY_TIMEOUT_MS = 10_000;

/** Whether something accepts connections on the port. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

/**
 * Valkey or Redis, a real server, as a child of this process. Nothing of it is kept: what lies there alone is lost at
 * every stop, as it may be on AWS, and whoever uses it must live with that.
 */
export async function runValkey({ port, dataDir, valkeyArguments = [] }: EmulatorOptions): Promise<RunningEmulator> {
  const binary = valkeyBinary();
  if (binary === undefined) throw new LocalCloudError('neither valkey-server nor redis-server is on PATH');
  mkdirSync(dataDir, { recursive: true });
  await endValkeyLeftover(dataDir);
  // On its command line an argument that begins with `--` starts the next setting; the empty one ends `save`.
  const settings = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dataDir,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const child = spawn(binary, [...settings, ...valkeyArguments], { stdio: ['ignore', 'inherit', 'inherit'] });
  recordValkey(dataDir, child.pid);
  const exited = once(child, 'exit');
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new LocalCloudError('it ended while it started');
    if (performance.now() > deadline) throw new LocalCloudError('it was not ready in time');
    await delay(5);
  }
  return {
    ended: exited.then(() => undefined),
    stop: async () => {
      // Nothing is to be written: no need to ask.
      child.kill('SIGKILL');
      await exited;
    },
  };
}

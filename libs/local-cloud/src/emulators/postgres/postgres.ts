import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalCloudError } from '../../local-cloud.errors.js';
import { type EmulatorOptions, type RunningEmulator } from '../emulator-options.js';
import { postgresAccount, type Account } from './postgres-account.js';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { prepareCluster } from './postgres-data.js';
import { clearPostmasterLock, readPostmasterLock } from './postgres-lock.js';

/** Longest time for crash recovery, in ms. */
const READY_TIMEOUT_MS = 120_000;

function settings(options: EmulatorOptions): Record<string, string | number> {
  return {
    listen_addresses: '127.0.0.1',
    port: options.port,
    // TCP alone: a socket's path is limited to 107 bytes, which a deep checkout exceeds.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    max_wal_size: '512MB',
    // A laptop's queries are short: compiling them, or spreading them over processes, costs more than it saves.
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...(options.ephemeral
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }
      : {}),
  };
}

function start(
  binaries: PostgresBinaries,
  path: string,
  options: EmulatorOptions,
  account: Account | undefined,
): ChildProcess {
  const flags = Object.entries(settings(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(binaries.postgres, ['-D', path, ...flags], {
    ...account,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Waits for the status line that pg_ctl waits for too. */
async function untilReady(child: ChildProcess, path: string): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const lock = readPostmasterLock(path);
    if (lock?.pid === child.pid && lock?.status === 'ready') return true;
    if (performance.now() > deadline) throw new LocalCloudError('PostgreSQL was not ready in time');
    await delay(10);
  }
  return false;
}

/** Backends of a killed postmaster hold its shared memory until they notice; Postgres refuses to start as long. */
const START_ATTEMPTS = 20;

/** PostgreSQL as a child of this process; a superuser `postgres` with the given password, on TCP alone. */
export async function runPostgres(options: EmulatorOptions): Promise<RunningEmulator> {
  const account = postgresAccount(options.dataDir);
  const binaries = postgresBinaries(account);
  const path = await prepareCluster(options, binaries, account);
  await clearPostmasterLock(path);
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const child = start(binaries, path, options, account);
    const exited = once(child, 'exit');
    if (await untilReady(child, path)) {
      return {
        ended: exited.then(() => undefined),
        stop: async () => {
          // SIGINT: fast shutdown with a checkpoint; SIGQUIT: at once, for data that are thrown away.
          child.kill(options.ephemeral ? 'SIGQUIT' : 'SIGINT');
          await exited;
        },
      };
    }
    await delay(250);
  }
  throw new LocalCloudError('PostgreSQL ended while it started');
}

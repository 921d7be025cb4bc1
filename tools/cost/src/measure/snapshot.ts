import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { storeServices } from '@lethe/contracts';
import { type RunningStore } from '@lethe/store';
import { Client } from 'pg';
import type { DatabaseWork, Work } from '../data/profile.js';
import { readMetrics, sumOf, sumsBy } from './metrics-text.js';
import { valkeyCommands } from './valkey-commands.js';

/** All that the store has done since it started. */
export interface Snapshot {
  /** Milliseconds of a steady clock. */
  readonly at: number;
  readonly services: Readonly<Record<string, Work>>;
  readonly database: DatabaseWork;
  readonly storedBytes: number;
  readonly valkeyCommands: number;
}

/** Kernel ticks a second, of every Linux that Node runs on. Source: sysconf(_SC_CLK_TCK), "man 5 proc". */
const TICKS_PER_SECOND = 100;

/** Reads what the store has done so far: metrics of the replicas, their logs, and PostgreSQL's own books. Linux only. */
export async function takeSnapshot(store: RunningStore, valkeyUrl: string | undefined): Promise<Snapshot> {
  const services = Object.fromEntries(
    await Promise.all(storeServices.map(async ({ name }) => [name, await workOf(store, name)] as const)),
  );
  const { storedBytes, ...database } = await databaseOf(store);
  return {
    at: performance.now(),
    services,
    database,
    storedBytes,
    valkeyCommands: valkeyUrl === undefined ? 0 : await valkeyCommands(valkeyUrl),
  };
}

async function workOf(store: RunningStore, service: string): Promise<Work> {
  const pages = await Promise.all(
    store
      .replicas()
      .filter((replica) => replica.service === service)
      .map(async ({ url }) => readMetrics(await (await fetch(new URL('/metrics', url))).text())),
  );
  const samples = pages.flat();
  return {
    cpuSeconds: sumOf(samples, 'process_cpu_seconds_total'),
    requests: sumOf(samples, 'http_server_request_duration_seconds_count'),
    requestSeconds: sumOf(samples, 'http_server_request_duration_seconds_sum'),
    calls: sumsBy(samples, 'aws_sdk_attempts_total', 'operation'),
    logBytes: await logBytesOf(join(store.dataDir, 'logs'), service),
  };
}

async function logBytesOf(dir: string, service: string): Promise<number> {
  const files = (await readdir(dir)).filter((file) => file.startsWith(`${service}-`) && file.endsWith('.log'));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(dir, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function databaseOf(store: RunningStore): Promise<DatabaseWork & { readonly storedBytes: number }> {
  const client = new Client({ connectionString: store.databaseUrl('orders') });
  await client.connect();
  try {
    const { rows } = await client.query<{ transactions: string; wal: string; stored: string }>(
      `SELECT (SELECT sum(xact_commit) FROM pg_stat_database) AS transactions,
              pg_current_wal_lsn() - '0/0'::pg_lsn AS wal,
              (SELECT sum(pg_database_size(oid)) FROM pg_database) AS stored`,
    );
    const [row] = rows;
    return {
      cpuSeconds: await postgresCpu(store),
      transactions: Number(row?.transactions),
      walBytes: Number(row?.wal),
      storedBytes: Number(row?.stored),
    };
  } finally {
    await client.end();
  }
}

/** CPU seconds of the server's processes that live, and of those that have ended; its pid may be that of a guard above it. */
async function postgresCpu(store: RunningStore): Promise<number> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(names.map(processFields));
  const isOf = new Set([store.backing().find(({ name }) => name === 'postgres')?.pid]);
  // A pass a generation: guard, server, backends.
  for (let before = 0; before < isOf.size;) {
    before = isOf.size;
    for (const { pid, parent } of processes) if (isOf.has(parent)) isOf.add(pid);
  }
  const ticks = processes.reduce((sum, { pid, own, ended }) => sum + (isOf.has(pid) ? own + ended : 0), 0);
  return ticks / TICKS_PER_SECOND;
}

interface ProcessTicks {
  readonly pid: number;
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended. */
  readonly ended: number;
}

async function processFields(name: string): Promise<ProcessTicks> {
  const pid = Number(name);
  let text = '';
  try {
    text = await readFile(join('/proc', name, 'stat'), 'latin1');
  } catch {
    // It ended since the folder was listed: it uses no more CPU, and its parent has what it used.
    return { pid, parent: 0, own: 0, ended: 0 };
  }
  // After the name, which is in brackets and may hold anything: state, parent …; see "man 5 proc".
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
    (at) => fields[at],
  );
  return { pid, parent, own: user + system, ended: endedUser + endedSystem };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startTestCloud, startTestMail } from '@lethe/local-cloud';
import { BenchProcessError } from '../bench.errors.js';

const entry = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
/** Of Linux, whatever the machine (proc(5)). */
const TICKS_PER_SECOND = 100;

/** One replica of auth, as it runs in production, over backing services of its own. */
export interface AuthProcess {
  readonly url: string;
  /** CPU that it has used so far, in microseconds; NaN where the system does not say. */
  readonly cpuMicros: () => number;
  stop(): Promise<void>;
}

/** Starts it; the programs must have been built. Throws a {@link BenchProcessError}. */
export async function startAuthProcess(hashConcurrency: number): Promise<AuthProcess> {
  const cloud = await startTestCloud();
  const mail = await startTestMail();
  const stopCloud = async (): Promise<void> => {
    await mail.stop();
    await cloud.stop();
  };
  try {
    const env = {
      ...cloud.env,
      ...mail.env,
      NODE_ENV: 'production',
      PORT: '0',
      DATABASE_URL: await cloud.ensureDatabase('bench_auth'),
      AUTH_KEY_SECRET: randomBytes(32).toString('base64'),
      HASH_CONCURRENCY: String(hashConcurrency),
      REGISTRATIONS_PER_IP: '100000',
      DRAIN_DELAY_MS: '0',
    };
    await runStep(entry('tools/store/dist/provision-main.js'), env);
    await runStep(entry('apps/auth/dist/migrate.js'), env);
    const child = spawn(process.execPath, [entry('apps/auth/dist/main.js')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await listeningUrl(child);
    const stop = async (): Promise<void> => {
      await end(child);
      await stopCloud();
    };
    return { url, cpuMicros: () => cpuOf(child.pid ?? 0), stop };
  } catch (error) {
    await stopCloud();
    throw error;
  }
}

async function runStep(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new BenchProcessError(file, `ended with ${signal ?? code}`);
}

/** Its log is read on, to the end: a full pipe would hold it up. */
function listeningUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  if (!child.stdout) throw new BenchProcessError('auth', 'it has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.includes('"msg":"listening"')) return;
    resolve((JSON.parse(line) as { readonly url: string }).url);
  });
  child.once('exit', (code, signal) => reject(new BenchProcessError('auth', `ended with ${signal ?? code}`)));
  return promise;
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** Fields 14 and 15 of /proc/PID/stat; the name before them may hold spaces, and ends with a bracket. */
function cpuOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000_000;
}

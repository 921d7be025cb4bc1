import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pickPort } from '@lethe/local-cloud';
import { BenchProcessError } from '../bench.errors.js';

/** Between two questions to a program that starts; both contenders are asked alike. */
const ASK_EVERY_MS = 2;
const GIVE_UP_MS = 60_000;
/** Of Linux, whatever the machine (proc(5)). */
const TICKS_PER_SECOND = 100;

/** A bundled program, and what it is told. */
export interface Startable {
  readonly bundle: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where Node finds what it has compiled before; nothing is written to it while a start is measured. */
  readonly compileCache: string | undefined;
}

/** A program that has answered that it is ready. */
export interface Started {
  /** From its start as a process to its first answer with 200. */
  readonly readyMs: number;
  /** CPU that it took to get there; NaN where the system does not say. */
  readonly cpuMs: number;
  /** What it has in memory now. */
  readonly residentMiB: () => number;
  /** Ends it at once: it drains nothing, and writes no cache. */
  stop(): Promise<void>;
}

/** Starts `main.mjs` of a bundle on a free port and waits until it is ready. Throws a {@link BenchProcessError}. */
export async function startProgram({ bundle, env, compileCache }: Startable): Promise<Started> {
  const port = await pickPort();
  const cached = compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache };
  const began = performance.now();
  const child = spawn(process.execPath, [join(bundle, 'main.mjs')], {
    cwd: bundle,
    env: { ...env, ...cached, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  try {
    while ((await statusOf(port)) !== 200) {
      if (child.exitCode !== null) throw new BenchProcessError(bundle, `ended with ${child.exitCode}`);
      if (performance.now() - began > GIVE_UP_MS) throw new BenchProcessError(bundle, 'does not become ready');
      await pause(ASK_EVERY_MS);
    }
    const readyMs = performance.now() - began;
    return { readyMs, cpuMs: cpuMsOf(child), residentMiB: () => residentMiBOf(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The status with which it answers, or undefined where nothing listens yet. */
function statusOf(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/health/ready', agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    // Refused, as long as it does not listen.
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}

function cpuMsOf({ pid }: ChildProcess): number {
  if (process.platform !== 'linux') return Number.NaN;
  // The name in parentheses may hold spaces: the fields are counted behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000;
}

function residentMiBOf({ pid }: ChildProcess): number {
  if (process.platform === 'linux') {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  }
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1_024;
}

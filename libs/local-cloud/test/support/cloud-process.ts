import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Cloud } from '../../src/cloud/cloud.js';
import { identityOf, type ProcessIdentity } from '../../src/process-identity.js';

const fixture = fileURLToPath(new URL('cloud.fixture.mjs', import.meta.url));

/** A cloud in another process. */
export interface CloudProcess extends Pick<Cloud, 'env' | 'services'> {
  readonly process: ChildProcess;
  /** The servers, PostgreSQL's own processes included. */
  readonly servers: readonly ProcessIdentity[];
}

/** Starts a cloud in a process of its own; without a directory, a test cloud. */
export async function cloudProcess(
  dataDir?: string,
  account: { uid?: number; gid?: number } = {},
  temporary = tmpdir(),
): Promise<CloudProcess> {
  const child = spawn(process.execPath, [fixture, ...(dataDir === undefined ? [] : [dataDir])], {
    ...account,
    env: { PATH: process.env['PATH'], TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = text(child.stderr);
  const [answer] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(async () => Promise.reject(new Error(await said))),
  ])) as [Buffer];
  const { env, services } = JSON.parse(answer.toString()) as Pick<Cloud, 'env' | 'services'>;
  const pids = services.flatMap(({ pid }) => (pid === undefined ? [] : [pid, ...descendantsOf(pid)]));
  return { process: child, env, services, servers: pids.flatMap((pid) => identityOf(pid) ?? []) };
}

/** Pids of all processes below one, by /proc; none where there is no /proc. */
function descendantsOf(pid: number): number[] {
  if (process.platform !== 'linux') return [];
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const below = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid: number): number | undefined {
  if (identityOf(pid) === undefined) return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

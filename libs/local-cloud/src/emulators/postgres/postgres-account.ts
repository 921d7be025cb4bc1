import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** The ordinary user as which Postgres runs when we are root: Postgres refuses root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** nobody on most systems that have no /etc/passwd entry for it. */
const NOBODY: Account = { uid: 65534, gid: 65534 };

function fromPasswd(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

/**
 * The account to run Postgres as, or undefined where the current user will do. The owner of existing data comes first,
 * so that a store started by an ordinary user can be started by root; no user is ever created on the system.
 */
export function postgresAccount(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return fromPasswd('postgres') ?? fromPasswd('nobody') ?? NOBODY;
}

/** Whether the account can enter a directory, asked of the system itself (modes, ACLs and mounts all count). */
export function canEnter(directory: string, account: Account): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...account, cwd: '/', stdio: 'ignore' });
  return probe.status === 0;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LocalCloudError } from '../../local-cloud.errors.js';
import { canEnter, type Account } from './postgres-account.js';
import { sharedTemporaryDirectory, type PostgresBinaries } from './postgres-binaries.js';

/** How a data directory is made. */
export interface ClusterOptions {
  readonly dataDir: string;
  readonly password: string;
  readonly ephemeral: boolean;
}

/** Makes the data directory's place and answers its real path, where the account can reach it. */
function preparePlace(dataDir: string, account: Account | undefined): string {
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });
  if (!existsSync(dataDir) && account !== undefined && !canEnter(parent, account)) {
    // Root works in a directory closed to others (such as /root): the data lie elsewhere, and this is the way there.
    const elsewhere = mkdtempSync(join(sharedTemporaryDirectory(), 'lethe-data-'));
    chmodSync(elsewhere, 0o755);
    mkdirSync(join(elsewhere, basename(dataDir)));
    symlinkSync(join(elsewhere, basename(dataDir)), dataDir);
    console.log(`${parent} is closed to Postgres' account: its data lie in ${elsewhere}`);
  }
  mkdirSync(dataDir, { recursive: true });
  return realpathSync(dataDir);
}

/** The user's own locale plays no part: Unicode rules that are the same on every system, sorted by code point. */
const LOCALES = [
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8'],
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
];

async function initdb(
  binaries: PostgresBinaries,
  path: string,
  flags: readonly string[],
  account: Account | undefined,
) {
  const child = spawn(binaries.initdb, ['-D', path, '-U', 'postgres', '-E', 'UTF8', ...flags], {
    ...account,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

/**
 * Makes the cluster where there is none yet and answers its real path. A cluster whose making was cut short is made
 * anew: only PG_VERSION beside the marker `lethe-ready` counts as made.
 *
 * @throws LocalCloudError where the directory belongs to another user, or initdb fails.
 */
export async function prepareCluster(
  options: ClusterOptions,
  binaries: PostgresBinaries,
  account: Account | undefined,
): Promise<string> {
  const path = preparePlace(options.dataDir, account);
  const marker = join(path, 'lethe-ready');
  if (existsSync(marker)) return path;
  for (const flags of LOCALES) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { mode: 0o700 });
    const passwordFile = `${path}.password`;
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    if (account !== undefined) {
      chownSync(path, account.uid, account.gid);
      chownSync(passwordFile, account.uid, account.gid);
    }
    const all = [
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      ...(options.ephemeral ? ['--no-sync'] : []),
      ...flags,
    ];
    const made = await initdb(binaries, path, all, account);
    rmSync(passwordFile, { force: true });
    if (!made) continue;
    writeFileSync(marker, '');
    return path;
  }
  throw new LocalCloudError(`initdb could not make a cluster in ${path}`);
}

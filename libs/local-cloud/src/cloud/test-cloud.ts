import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEphemeralCloud, type Cloud } from './cloud.js';
import { isAbandoned } from './data-directory.js';

const PREFIX = 'lethe-test-';

/**
 * Starts a cloud for one test run: own ports, and a temporary directory that `stop` removes. The servers end with this
 * process, by SIGKILL too; what remains of the directory then is removed by the next run.
 *
 * @throws EmulatorStartError when a server does not start; the directory with its log stays.
 */
export async function startTestCloud(): Promise<Cloud> {
  await removeAbandoned();
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  // mkdtemp makes it 0700; Postgres runs as another user when we are root.
  await chmod(dataDir, 0o755);
  const cloud = await startEphemeralCloud({ dataDir });
  return { ...cloud, stop: () => cloud.stop().then(() => rm(dataDir, { recursive: true, force: true })) };
}

async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir());
  const directories = names.filter((name) => name.startsWith(PREFIX)).map((name) => join(tmpdir(), name));
  const abandoned = directories.filter((directory) => isAbandoned(directory));
  await Promise.all(abandoned.map((directory) => rm(directory, { recursive: true, force: true })));
}

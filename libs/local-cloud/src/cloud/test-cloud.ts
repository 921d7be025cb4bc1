import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEphemeralCloud, type Cloud } from './cloud.js';

/** A cloud for one test run: own ports, a temporary directory that `stop` removes. */
export async function startTestCloud(): Promise<Cloud> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lethe-test-'));
  // mkdtemp makes it 0700; Postgres runs as another user when we are root.
  await chmod(dataDir, 0o755);
  // After a failure the directory stays: the error names its logs.
  const cloud = await startEphemeralCloud({ dataDir });
  return { ...cloud, stop: () => cloud.stop().then(() => rm(dataDir, { recursive: true, force: true })) };
}

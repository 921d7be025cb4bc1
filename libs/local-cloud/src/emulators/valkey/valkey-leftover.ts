import { rmSync, writeFileSync } from 'node:fs';
import { readJson } from '../../cloud/data-directory.js';
import { endProcess, identityOf, isSameProcess, type ProcessIdentity } from '../../process-identity.js';

const PATIENCE_MS = 5_000;

const fileOf = (dataDir: string): string => `${dataDir}.server`;

/** Writes down which process is the server itself: it outlives its parent where that is killed. */
export function recordValkey(dataDir: string, pid: number | undefined): void {
  const identity = pid === undefined ? undefined : identityOf(pid);
  if (identity !== undefined) writeFileSync(fileOf(dataDir), JSON.stringify(identity));
}

/** Ends a server that outlived its parent; answers whether there was one. Nothing of it is kept, so nothing is lost. */
export async function endValkeyLeftover(dataDir: string): Promise<boolean> {
  const left = readJson<ProcessIdentity>(fileOf(dataDir));
  const runs = left !== undefined && isSameProcess(left);
  if (runs) await endProcess(left, ['SIGKILL'], PATIENCE_MS);
  rmSync(fileOf(dataDir), { force: true });
  return runs;
}

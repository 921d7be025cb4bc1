import { join } from 'node:path';
import { type CloudState, readJson } from './data-directory.js';
import { databaseUrlOn } from './database.js';

/** URL of a database of the cloud whose data lie there, for another process of its owner; undefined before its first start. */
export function storedDatabaseUrl(dataDir: string, name: string): string | undefined {
  const state = readJson<CloudState>(join(dataDir, 'cloud.json'));
  const port = state?.ports.postgres;
  if (state === undefined || port === undefined) return undefined;
  return databaseUrlOn(`postgres://postgres:${state.password}@127.0.0.1:${port}/postgres`, name);
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Readable, type Writable } from 'node:stream';
import { storedDatabaseUrl } from '@lethe/local-cloud';
import { databaseOf } from './cloud-env.js';
import { root } from './services.js';
import { addressOf } from './state.js';
import { StoreStateError } from './store.errors.js';

/** A step of auth that moves users: NDJSON on stdout, or from stdin. */
export type UsersStep = ChildProcessByStdio<Writable, Readable, Readable>;

/** Whose users: those of the store that runs from a data directory, or those that the environment names. */
export type UsersPlace = { readonly dataDir: string } | { readonly env: NodeJS.ProcessEnv };

/**
 * Starts `users.js` of auth, as a one-off ECS task does: it alone knows how accounts are kept. Throws a StoreStateError
 * where no store runs.
 */
export function startUsersStep(args: readonly string[], provider: 'own' | 'cognito', place: UsersPlace): UsersStep {
  const entry = join(root, 'apps', 'auth', 'dist', 'users.js');
  const env = { ...('env' in place ? place.env : environmentIn(place.dataDir)), IDENTITY_PROVIDER: provider };
  return spawn(process.execPath, [entry, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

function environmentIn(dataDir: string): Record<string, string> {
  const aws = addressOf(dataDir)?.aws;
  const databaseUrl = storedDatabaseUrl(join(dataDir, 'cloud'), databaseOf('auth'));
  if (aws === undefined || databaseUrl === undefined) {
    throw new StoreStateError('no store runs here: start one with npm start, or name another with --env');
  }
  return { ...aws, DATABASE_URL: databaseUrl };
}

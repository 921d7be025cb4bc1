import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmulatorKind } from '../emulators/emulator-options.js';
import { CloudAlreadyRunningError } from '../local-cloud.errors.js';
import { hasEnded, identityOf, isSameProcess, type ProcessIdentity } from '../process-identity.js';
import { systemErrorCode } from '../system-error.js';

/** What a data directory remembers between starts. */
export interface CloudState {
  /** Superuser's password of Postgres; made at the first start. */
  readonly password: string;
  readonly ports: Partial<Record<EmulatorKind, number>>;
}

/** Parses a small state file; undefined where it is missing or cut short. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    // A file cut short by a crash says no more than a missing one.
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const LOCK = 'cloud.lock';
/** How long a killed process may take to be gone. */
const DYING_MS = 1_000;

/** Whether the process that held the directory was killed: it is named in the lock, and runs no more. */
export function isAbandoned(path: string): boolean {
  const holder = readJson<ProcessIdentity>(join(path, LOCK));
  return holder !== undefined && !isSameProcess(holder);
}

/** Creates the file with its content in one step; false where it exists. */
function createWhole(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A data directory that this process holds alone. */
export class DataDirectory {
  private constructor(
    readonly path: string,
    /** Whether its last holder was killed: what that one started may still be on its way out. */
    readonly takenOver: boolean,
  ) {}

  /**
   * Makes the directory where missing and takes it for this process; one whose holder is dead is taken over.
   *
   * @throws CloudAlreadyRunningError while its holder lives.
   */
  static async take(path: string): Promise<DataDirectory> {
    mkdirSync(path, { recursive: true });
    const lock = join(path, LOCK);
    for (let takenOver = false; ; takenOver = true) {
      if (createWhole(lock, JSON.stringify(identityOf(process.pid)))) return new DataDirectory(path, takenOver);
      const holder = readJson<ProcessIdentity>(lock);
      if (holder !== undefined && !(await hasEnded(holder, DYING_MS)))
        throw new CloudAlreadyRunningError(path, holder.pid);
      rmSync(lock, { force: true });
    }
  }

  /** The state kept from the last start, or a first one. */
  readState(): CloudState {
    return (
      readJson<CloudState>(join(this.path, 'cloud.json')) ?? { password: randomBytes(24).toString('hex'), ports: {} }
    );
  }

  /** Keeps the state, wholly or not at all; readable by its owner alone because it holds a password. */
  writeState(state: CloudState): void {
    const file = join(this.path, 'cloud.json');
    writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  release(): void {
    rmSync(join(this.path, LOCK), { force: true });
  }
}

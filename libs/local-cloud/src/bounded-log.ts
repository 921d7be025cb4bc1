import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './system-error.js';

/** Size at which a log starts anew; with the copy of the part before, a log takes at most twice this. */
const MAX_BYTES = 20 * 1024 * 1024;
const CHECK_INTERVAL_MS = 5_000;

/**
 * A log file that child processes write themselves, so that their lines survive the parent, and that stays bounded:
 * past 20 MB it is copied to `<file>.1` and emptied. Lines written in between the two may be missing.
 */
export class BoundedLog {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly file: string,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** Forgets what an earlier start wrote. */
  startAnew(): void {
    rmSync(this.file, { force: true });
  }

  /** Opens it for a child's stdio, runs `use` with the descriptor, and closes it on this side. */
  attach<T>(use: (descriptor: number) => T): T {
    mkdirSync(dirname(this.file), { recursive: true });
    // Appending: a child that goes on writing after the file was emptied starts at its beginning.
    const descriptor = openSync(this.file, 'a');
    try {
      return use(descriptor);
    } finally {
      closeSync(descriptor);
      this.#timer ??= setInterval(() => void this.bound(), CHECK_INTERVAL_MS).unref();
    }
  }

  /** Starts the file anew where it has outgrown its bound. */
  async bound(): Promise<void> {
    try {
      const { size } = await stat(this.file);
      if (size <= this.maxBytes) return;
      await copyFile(this.file, `${this.file}.1`);
      await truncate(this.file);
    } catch (error) {
      // Someone removed the directory under a running store; the next start makes it again.
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
  }

  /** Stops watching the size. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

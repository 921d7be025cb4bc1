import { type FileHandle, mkdir, open, readFile, rename, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JournalError } from '../payment-simulator.errors.js';
import { type Entry, entrySchema } from './change.js';

interface Waiter {
  /** Undefined: waits for the entries before it. */
  readonly entry: Entry | undefined;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Whose entries a journal keeps. */
export interface JournalOwner {
  /** Takes in an entry that an earlier process wrote, in the order of the file. A rewrite may have repeated some. */
  restore(entry: Entry): void;
  /** The fewest entries that lead to the present state. */
  snapshot(): Entry[];
}

/** The most entries that wait for the disk at once; beyond it `append` refuses. */
const MAX_WAITING = 10_000;

/**
 * An append-only file of JSON lines, rewritten from a snapshot when it has grown beyond `maxLines`. `append` resolves
 * when the line is on the disk (fdatasync); lines that arrive together share one sync. A last line cut short by a crash
 * was never acknowledged, and is dropped at the next start.
 */
export class Journal {
  private readonly waiting: Waiter[] = [];
  private writing: Promise<void> | undefined;
  private broken: Error | undefined;

  private constructor(
    private readonly path: string,
    private readonly owner: JournalOwner,
    private readonly maxLines: number,
    private file: FileHandle,
    private lines: number,
  ) {}

  /** Applies what the file holds. Throws a {@link JournalError} for a line that is no entry. */
  static async open(path: string, owner: JournalOwner, maxLines: number): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    try {
      const bytes = await readFile(path);
      const end = bytes.lastIndexOf(0x0a) + 1;
      if (end < bytes.length) await truncate(path, end);
      const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
      for (const [at, line] of lines.entries()) owner.restore(parseLine(line, `${path}:${at + 1}`));
      return new Journal(path, owner, maxLines, file, lines.length);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Resolves when the entry is durable; rejects with a {@link JournalError} if it may not be. */
  append(entry: Entry): Promise<void> {
    return this.enqueue(entry);
  }

  /** Resolves when everything appended so far is on the disk; rejects as `append` does. */
  settled(): Promise<void> {
    return this.writing || this.broken ? this.enqueue(undefined) : Promise.resolve();
  }

  /** Throws a {@link JournalError} where an append would be refused. */
  expectRoom(): void {
    if (this.broken) throw this.broken;
    if (this.waiting.length >= MAX_WAITING) throw new JournalError('too many writes wait');
  }

  /** Waits for what was appended, then closes the file. */
  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  private enqueue(entry: Entry | undefined): Promise<void> {
    try {
      this.expectRoom();
    } catch (error) {
      return Promise.reject(error);
    }
    const done = new Promise<void>((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
    });
    this.writing ??= this.drain();
    return done;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0);
      try {
        const lines = batch.flatMap(({ entry }) => (entry ? [`${JSON.stringify(entry)}\n`] : []));
        if (lines.length > 0) {
          await this.file.appendFile(lines.join(''));
          await this.file.datasync();
        }
        this.lines += lines.length;
        for (const { resolve } of batch) resolve();
        if (this.lines > this.maxLines) await this.rewrite();
      } catch (cause) {
        // What reached the disk is unknown now: only a restart, which reads it, may go on.
        this.broken = new JournalError(`cannot write ${this.path}`, { cause });
        for (const { reject } of [...batch, ...this.waiting.splice(0)]) reject(this.broken);
      }
    }
    this.writing = undefined;
  }

  private async rewrite(): Promise<void> {
    const entries = this.owner.snapshot();
    const fresh = await open(`${this.path}.new`, 'w');
    await fresh.writeFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    await fresh.sync();
    await rename(`${this.path}.new`, this.path);
    await this.file.close();
    this.file = fresh;
    this.lines = entries.length;
  }
}

function parseLine(line: string, where: string): Entry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new JournalError(`${where} is not an entry`, { cause });
  }
}

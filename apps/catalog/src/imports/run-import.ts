import { BackInStock, ProductsChanged, type catalogService } from '@lethe/contracts';
import { Database, type Tx } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Reject, RetryLater } from '@lethe/messaging';
import { Outbox } from '@lethe/outbox';
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CatalogFileError, ImportTakenOverError } from '../catalog.errors.js';
import { ProductCache } from '../product/cache/product-cache.js';
import { type AppliedBatch, applyProducts } from './apply-products.js';
import { catalogFormats } from './format/catalog-formats.js';
import { MAX_RECORD_BYTES } from './format/csv-chunk.js';
import type { ImportPhase } from './import.entity.js';
import { ImportFiles } from './import-file.js';
import { IMPORT_SETTINGS, type ImportSettings } from './import-settings.js';
import {
  ADVANCE_READING,
  CLOSE_IMPORT,
  type Checkpoint,
  FIND_RUNNER,
  FINISH_IMPORT,
  HOLD_IMPORT,
  LEAVE_IMPORT,
  TAKE_IMPORT,
} from './import.sql.js';
import { type ReadPiece, readPiece } from './format/read-piece.js';
import { stageLines } from './stage-lines.js';
import { CLEAN_STAGING } from './staging.sql.js';

/** The most that the event takes. */
const IDS_PER_EVENT = 1_000;

/**
 * Brings an import to its end, from wherever an earlier run left it. `stopsFor` is asked between steps: a number means
 * stop here, and let another replica go on after so many seconds.
 * Throws a `RetryLater` where it stopped or another run is at work, a `Reject` for an unknown import.
 */
export class RunCatalogImport extends Command<void> {
  constructor(
    readonly importId: string,
    readonly stopsFor: () => number | undefined,
  ) {
    super();
  }
}

/**
 * An import is a chain of small steps. Each is one transaction that holds the effect and the checkpoint behind it, so a
 * run can die anywhere and the next begins after the last commit: every line counts exactly once. A run writes only
 * while its id stands in the import's row, so of two runs one stops at its next step (R28).
 */
@CommandHandler(RunCatalogImport)
export class RunImportHandler implements ICommandHandler<RunCatalogImport> {
  constructor(
    private readonly database: Database,
    private readonly files: ImportFiles,
    @Inject(IMPORT_SETTINGS) private readonly settings: ImportSettings,
    private readonly outbox: Outbox<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  async execute({ importId, stopsFor }: RunCatalogImport): Promise<void> {
    stopIfAsked(stopsFor);
    const run = uuidv7();
    const taken = await this.#take(importId, run);
    if (taken === undefined) return;
    try {
      for (let at: Checkpoint | undefined = taken; at !== undefined;) {
        stopIfAsked(stopsFor);
        at = await this.#step(at, run);
      }
    } catch (error) {
      if (error instanceof ImportTakenOverError) {
        throw new RetryLater(this.settings.leaseSeconds, error.message, { cause: error });
      }
      await this.#leave(importId, run, error);
      throw error;
    }
  }

  /** The checkpoint to begin at, undefined where the import has ended. */
  async #take(importId: string, run: string): Promise<Checkpoint | undefined> {
    const [taken] = await this.database.query<Checkpoint>(TAKE_IMPORT, [importId, run, this.settings.leaseSeconds]);
    if (taken !== undefined) return taken;
    const [other] = await this.database.query<{ phase: ImportPhase; secondsLeft: number | null }>(FIND_RUNNER, [
      importId,
    ]);
    if (other === undefined) throw new Reject(`there is no import ${importId}`);
    if (other.phase === 'done') return undefined;
    throw new RetryLater((other.secondsLeft ?? 0) + 1, 'another replica runs the import');
  }

  /** Lets others have the import at once. Where that fails they have it when the lease ends. */
  async #leave(importId: string, run: string, reason: unknown): Promise<void> {
    try {
      await this.database.query(LEAVE_IMPORT, [importId, run]);
    } catch (error) {
      throw new AggregateError([reason, error], `import ${importId} stopped and could not be given back`, {
        cause: error,
      });
    }
  }

  #step(at: Checkpoint, run: string): Promise<Checkpoint | undefined> {
    if (at.phase === 'reading') return this.#read(at, run);
    if (at.phase === 'applying') return this.#apply(at, run);
    return this.#clean(at, run);
  }

  async #read(at: Checkpoint, run: string): Promise<Checkpoint | undefined> {
    try {
      const piece = await this.#nextPiece(at);
      return await this.#held(at.id, run, (tx) => stage(tx, at, piece));
    } catch (error) {
      if (!(error instanceof CatalogFileError)) throw error;
      return this.#held(at.id, run, (tx) => finish(tx, at.id, 'failed', error.message));
    }
  }

  /** The next whole records of the file. A piece too short for one is read again at the longest that one may be. */
  async #nextPiece(at: Checkpoint): Promise<ReadPiece> {
    const { objectKey, objectBytes, byteOffset, nextLine: line, columns, carry } = at;
    if (objectBytes === 0) throw new CatalogFileError('The file is empty.');
    for (const length of [this.settings.pieceBytes, 2 * MAX_RECORD_BYTES]) {
      const bytes = await this.files.read(objectKey, byteOffset, length);
      const last = byteOffset + bytes.length >= objectBytes;
      const piece = await readPiece(catalogFormats[at.format], bytes, { line, last, columns, carry });
      if (piece !== undefined && (last || piece.bytes > 0)) return piece;
    }
    throw new CatalogFileError(`The record on line ${line} does not end.`);
  }

  async #apply(at: Checkpoint, run: string): Promise<Checkpoint | undefined> {
    const { next, touched } = await this.#held(at.id, run, (tx) => this.#write(tx, at));
    await this.products.changed(touched);
    return next;
  }

  async #write(tx: Tx, at: Checkpoint): Promise<AppliedBatch> {
    const applied = await applyProducts(tx, at, this.settings.applyBatch);
    if (applied === undefined) return { next: await finish(tx, at.id, 'completed', null), touched: [], back: [] };
    for (let from = 0; from < applied.touched.length; from += IDS_PER_EVENT) {
      const productIds = applied.touched.slice(from, from + IDS_PER_EVENT);
      await this.outbox.add(tx, ProductsChanged, { productIds }, { key: at.id });
    }
    const rows = applied.back.map((data) => this.outbox.row(BackInStock, data, { key: data.productId }));
    await this.outbox.addAll(tx, rows);
    return applied;
  }

  /** The result is final; what is left is to sweep, in steps small enough to hold no lock for long. */
  async #clean(at: Checkpoint, run: string): Promise<Checkpoint | undefined> {
    const [swept] = await this.#held(at.id, run, (tx) =>
      tx.query<{ gone: number }>(CLEAN_STAGING, [at.id, this.settings.cleanBatch]),
    );
    if (swept !== undefined && swept.gone > 0) return at;
    await this.files.remove(at.objectKey);
    await this.#held(at.id, run, (tx) => tx.query(CLOSE_IMPORT, [at.id]));
    return undefined;
  }

  /** Runs the work in a transaction that commits only while the import is this run's. */
  #held<T>(importId: string, run: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      const [held] = await tx.query(HOLD_IMPORT, [importId, run, this.settings.leaseSeconds]);
      if (held === undefined) throw new ImportTakenOverError(importId);
      return work(tx);
    });
  }
}

function stopIfAsked(stopsFor: () => number | undefined): void {
  const seconds = stopsFor();
  if (seconds !== undefined) throw new RetryLater(seconds, 'this replica stops');
}

/** The effect of a piece and the checkpoint behind it. */
async function stage(tx: Tx, at: Checkpoint, piece: ReadPiece): Promise<Checkpoint | undefined> {
  const { lines, columns, bytes, nextLine } = piece;
  await stageLines(tx, at.id, lines);
  const offset = at.byteOffset + bytes;
  const phase: ImportPhase = offset >= at.objectBytes ? 'applying' : 'reading';
  const values = [at.id, offset, nextLine, JSON.stringify(columns), JSON.stringify(lines.carry), lines.rows, phase];
  const [next] = await tx.query<Checkpoint>(ADVANCE_READING, values);
  return next;
}

async function finish(
  tx: Tx,
  importId: string,
  status: 'completed' | 'failed',
  failure: string | null,
): Promise<Checkpoint | undefined> {
  const [next] = await tx.query<Checkpoint>(FINISH_IMPORT, [importId, status, failure]);
  return next;
}

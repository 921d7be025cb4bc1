import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, type Statement, type Tx } from '@lethe/database';
import { RetryLater } from '@lethe/messaging';
import { deferred } from '@lethe/testing';
import { ImportFiles } from '../src/imports/import-file.js';
import { catalogDatabase } from '../src/catalog.database.js';
import { CatalogFixture } from './catalog.fixture.js';
import { ImportFixture, NOTHING, type ShopProduct, retailFile, retailLine } from './import.fixture.js';

let catalog: CatalogFixture;
let imports: ImportFixture;
let uninterrupted: readonly ShopProduct[];
let steps: number;

/** Small steps, and a lease that is over at once: a run that died is taken over without waiting. */
const settings = { pieceBytes: 700, applyBatch: 3, cleanBatch: 40, leaseSeconds: 0.001 };

/** Quoted line breaks, names and prices that only add up over several chunks, and lines to reject. */
const file = retailFile(
  ...Array.from({ length: 60 }, (_, at) =>
    at % 10 === 9
      ? retailLine('POST', 'POSTAGE', 1, 1)
      : retailLine(String(20_000 + (at % 7)), at % 3 === 0 ? '"TWO\nLINES"' : 'ONE LINE', at, `${1 + (at % 5)}.25`),
  ),
);

class KilledError extends Error {
  override readonly name = 'KilledError';
}

/** A database whose process dies at its n-th transaction, before or after the commit; nothing of it works afterwards. */
class DyingDatabase extends Database {
  transactions = 0;
  #dead = false;

  constructor(
    url: string,
    private readonly dieAt: number,
    private readonly when: 'before' | 'after',
  ) {
    super({ ...catalogDatabase, url, poolSize: 2 });
  }

  override async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#dead) throw new KilledError();
    const dies = this.transactions === this.dieAt;
    this.transactions += 1;
    this.#dead = dies;
    const result = await super.transaction(async (tx) => {
      const done = await work(tx);
      if (dies && this.when === 'before') throw new KilledError();
      return done;
    });
    if (dies) throw new KilledError();
    return result;
  }

  override async query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    if (this.#dead) throw new KilledError();
    return super.query<Row>(statement, values);
  }
}

async function onReplica<T>(
  dieAt: number,
  when: 'before' | 'after',
  work: (replica: DyingDatabase) => Promise<T>,
): Promise<T> {
  const replica = new DyingDatabase(catalog.databaseUrl, dieAt, when);
  await replica.open();
  try {
    return await work(replica);
  } finally {
    await replica.close();
  }
}

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  imports = new ImportFixture(catalog);
  const id = await imports.start('online-retail', file);
  steps = await onReplica(-1, 'before', async (database) => {
    await imports.run(id, { settings, database });
    return database.transactions;
  });
  uninterrupted = await imports.products();
});
afterAll(() => catalog.close());
beforeEach(() => imports.clear());

/** All that an import leaves behind. */
async function outcomeOf(id: string) {
  const { status, rows, imported, rejectedCount } = await imports.find(id);
  const [products, leftovers] = [await imports.products(), await imports.leftovers(id)];
  return { status, rows, imported, rejectedCount, products, leftovers };
}
const whole = () => ({
  status: 'completed',
  rows: 60,
  imported: 7,
  rejectedCount: 6,
  products: uninterrupted,
  leftovers: NOTHING,
});

describe('a run that is killed', () => {
  it.each(['before', 'after'] as const)(
    'R02: %s any one of its commits is gone on with by another replica, and every line counts once',
    async (when) => {
      expect(steps).toBeGreaterThan(10);
      for (let dieAt = 0; dieAt < steps; dieAt += 1) {
        await imports.clear();
        const id = await imports.start('online-retail', file);
        await onReplica(dieAt, when, (database) =>
          expect(imports.run(id, { settings, database })).rejects.toThrow('could not be given back'),
        );

        await imports.run(id, { settings });

        expect(await outcomeOf(id)).toEqual(whole());
      }
    },
  );

  it('R02: again and again still comes to its end', async () => {
    const id = await imports.start('online-retail', file);
    let deaths = 0;
    for (let isDone = false; !isDone;) {
      isDone = await onReplica(2, 'after', async (database) => {
        try {
          await imports.run(id, { settings, database });
          return true;
        } catch (error) {
          deaths += 1;
          if (!(error instanceof AggregateError)) throw error;
          return false;
        }
      });
    }

    expect(deaths).toBeGreaterThan(3);
    expect(await outcomeOf(id)).toEqual(whole());
  });

  it('R13: is nothing to a message that comes again after the end', async () => {
    const id = await imports.start('online-retail', file);
    await imports.run(id, { settings });

    await imports.run(id, { settings });

    expect(await outcomeOf(id)).toEqual(whole());
  });
});

describe('two runs of one import', () => {
  it('R28: the one that was paused past its lease writes nothing more', async () => {
    const id = await imports.start('online-retail', file);
    const [reached, resume] = [deferred(), deferred()];
    class PausedFiles extends ImportFiles {
      #reads = 0;
      override async read(key: string, offset: number, length: number): Promise<Buffer> {
        const piece = await super.read(key, offset, length);
        this.#reads += 1;
        if (this.#reads === 3) {
          reached.resolve();
          await resume.promise;
        }
        return piece;
      }
    }
    const paused = imports.run(id, { settings, files: new PausedFiles(catalog.clients.s3, catalog.bucket) });
    await reached.promise;

    await imports.run(id, { settings });
    resume.resolve();

    await expect(paused).rejects.toThrow(RetryLater);
    expect(await outcomeOf(id)).toEqual(whole());
  });

  it('R28: at the same time give the result of one', async () => {
    const id = await imports.start('online-retail', file);

    const runs = await Promise.allSettled([1, 2, 3].map(() => imports.run(id, { settings })));
    await imports.run(id, { settings });

    const reasons = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason as unknown] : []));
    expect(reasons.filter((reason) => !(reason instanceof RetryLater))).toEqual([]);
    expect(await outcomeOf(id)).toEqual(whole());
  });

  it('the second backs off while the first holds its lease', async () => {
    const id = await imports.start('online-retail', file);
    const [reached, resume] = [deferred(), deferred()];
    class WaitingFiles extends ImportFiles {
      override async read(key: string, offset: number, length: number): Promise<Buffer> {
        reached.resolve();
        await resume.promise;
        return super.read(key, offset, length);
      }
    }
    const files = new WaitingFiles(catalog.clients.s3, catalog.bucket);
    const first = imports.run(id, { settings: { ...settings, leaseSeconds: 30 }, files });
    await reached.promise;

    await expect(imports.run(id)).rejects.toThrow(/retry after (30|31) s: another replica runs the import/);

    resume.resolve();
    await first;
    expect(await outcomeOf(id)).toEqual(whole());
  });
});

describe('a replica that is told to stop', () => {
  it('R01: stops between two steps and leaves the import to another at once', async () => {
    const id = await imports.start('online-retail', file);
    let asked = 0;
    const stopsFor = (): number | undefined => {
      asked += 1;
      return asked > 4 ? 6 : undefined;
    };

    await expect(imports.run(id, { settings: { ...settings, leaseSeconds: 600 }, stopsFor })).rejects.toMatchObject({
      name: 'RetryLater',
      seconds: 6,
    });
    expect(await imports.find(id)).toMatchObject({ status: 'running' });

    await imports.run(id, { settings });
    expect(await outcomeOf(id)).toEqual(whole());
  });

  it('does not begin what it could not go on with', async () => {
    const id = await imports.start('online-retail', file);

    await expect(imports.run(id, { settings, stopsFor: () => 0 })).rejects.toThrow(RetryLater);

    expect(await imports.find(id)).toMatchObject({ status: 'pending' });
  });
});

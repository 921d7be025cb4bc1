import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database, statement } from '@lethe/database';
import { type TestValkey, describeWithValkey, startTestValkey } from '@lethe/local-cloud';
import { deferred, eventually } from '@lethe/testing';
import { Valkey } from '@lethe/valkey';
import { CachedCatalog } from './cache.fixture.js';

const REPLICAS = [0, 1, 2];
const POOL = 5;

describeWithValkey('a catalogue whose Valkey goes away', () => {
  let server: TestValkey;
  let shop: CachedCatalog;
  beforeAll(async () => {
    server = await startTestValkey();
    shop = await CachedCatalog.start(server.url, { DATABASE_POOL_SIZE: String(POOL), PRICE_MAX_AGE_MS: '60000' });
  });
  afterAll(async () => {
    await shop.stop();
    await server.stop();
  });

  /** Lets nobody read products until the work has ended. */
  async function whileNobodyReads(work: () => Promise<void>): Promise<void> {
    await shop.catalog.database.transaction(async (tx) => {
      await tx.query(statement('spec.lock-products', 'LOCK TABLE product IN ACCESS EXCLUSIVE MODE'));
      await work();
    });
  }

  it('R32 R08: killed in the middle of loads it costs no answer; Postgres meets no more than its share; it is used again', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => shop.add(5)));
    const answers = deferred<{ id: string }[]>();
    await whileNobodyReads(async () => {
      const asked = Array.from({ length: 60 }, (_, at) => shop.product(at, ids[at % 10] ?? ''));
      Promise.all(asked).then(answers.resolve, answers.reject);
      const waiting = statement(
        'spec.waiting',
        `SELECT count(*)::int AS reads FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND query LIKE '%FROM product%' AND datname = current_database()`,
      );
      await eventually(async () => {
        const [{ reads } = { reads: 0 }] = await shop.catalog.database.query<{ reads: number }>(waiting);
        expect(reads).toBeGreaterThanOrEqual(3);
      });
      await server.stop();
      const [{ reads } = { reads: 0 }] = await shop.catalog.database.query<{ reads: number }>(waiting);
      // Four fifths of each replica's connections.
      expect(reads).toBeLessThanOrEqual(3 * 4);
    });

    expect((await answers.promise).map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, at) => ids[at % 10]));
    for (const app of shop.apps) expect(app.get(Database).poolState.total).toBeLessThanOrEqual(POOL);
    const [id] = ids;
    const patch = { price: { amount: 999, currency: 'GBP' } };
    expect((await shop.send(0, 'PATCH', `products/${id}`, patch, { 'if-match': '*' })).status).toBe(200);
    for (const at of REPLICAS) {
      expect((await shop.product(at, id ?? '')).price.amount).toBe(999);
      expect((await shop.page(at)).find((product) => product.id === id)?.price.amount).toBe(999);
      expect((await shop.apps[at]?.inject({ method: 'GET', url: '/health/ready' }))?.statusCode).toBe(200);
    }

    await server.restart();
    await eventually(async () => {
      const hits = await shop.events('products', 'hit');
      for (const at of [...REPLICAS, ...REPLICAS]) expect((await shop.product(at, id ?? '')).price.amount).toBe(999);
      expect(await shop.events('products', 'hit')).toBeGreaterThanOrEqual(hits + 5);
    });
  });

  it('R31: emptied again and again it costs no answer and mixes none up', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => shop.add(5)));
    const admin = new Valkey({ url: server.url, connectTimeoutMs: 10_000, timeoutMs: 10_000 });
    await admin.connect();
    for (let round = 0; round < 5; round += 1) {
      const asked = Array.from({ length: 60 }, (_, at) => shop.product(at, ids[at % 10] ?? ''));
      await admin.call(undefined, ['FLUSHALL']);
      expect((await Promise.all(asked)).map(({ id }) => id)).toEqual(
        Array.from({ length: 60 }, (_, at) => ids[at % 10]),
      );
    }
    await admin.close();
    expect(await shop.events('products', 'strange-entry')).toBe(0);
  });
});

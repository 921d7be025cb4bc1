import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReleaseStock, ReserveStock, StockRejected, StockReserved } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { Relay } from '@lethe/outbox';
import { CommandBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ReleaseOrderStock } from '../src/stock/release-stock.js';
import { ReserveOrderStock } from '../src/stock/reserve-stock.js';
import { CatalogFixture, messageOf } from './catalog.fixture.js';
import { provision, startReplica } from './service.fixture.js';

let catalog: CatalogFixture;
let replicas: NestFastifyApplication[];

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  const topology = await provision(catalog);
  replicas = await Promise.all([startReplica(catalog, topology), startReplica(catalog, topology)]);
  // The answers stay in the outbox, where they are counted.
  for (const app of replicas) await app.get(Relay).stop();
});
afterAll(async () => {
  for (const app of replicas) {
    await app.close();
    await app.get(Database).close();
  }
  await catalog.close();
});

function replicaOf(at: number): NestFastifyApplication {
  const replica = replicas[at % replicas.length];
  if (replica === undefined) throw new Error('there is no replica');
  return replica;
}
/** Every other message goes to the other replica, each with connections of its own. */
const bus = (at: number): CommandBus => replicaOf(at).get(CommandBus);
const reserve = (at: number, orderId: string, productId: string): Promise<void> =>
  bus(at).execute(new ReserveOrderStock(messageOf(ReserveStock, { orderId, items: [{ productId, quantity: 1 }] })));
const release = (at: number, orderId: string): Promise<void> =>
  bus(at).execute(new ReleaseOrderStock(messageOf(ReleaseStock, { orderId })));

async function stockOf(productId: string): Promise<unknown> {
  const [row] = await catalog.query('SELECT available, reserved, sold FROM stock WHERE product_id = $1', [productId]);
  return row;
}
async function answered(type: string, orders: readonly string[]): Promise<string[]> {
  const mine = new Set(orders);
  return (await catalog.outgoing()).filter((row) => row.type === type && mine.has(row.key)).map(({ key }) => key);
}

describe('the last item, two replicas', () => {
  it('R25: of 200 buyers at once one gets it, each of them one answer; it is never sold twice nor owed', async () => {
    const id = await catalog.addProduct(1);
    const buyers = Array.from({ length: 200 }, () => uuidv7());

    await Promise.all(buyers.map((orderId, at) => reserve(at, orderId, id)));

    const winners = await answered(StockReserved.type, buyers);
    const losers = await answered(StockRejected.type, buyers);
    expect(winners).toHaveLength(1);
    expect([...winners, ...losers].toSorted()).toEqual(buyers.toSorted());
    expect(await stockOf(id)).toEqual({ available: 0, reserved: 1, sold: 0 });
    expect(await catalog.query('SELECT order_id AS "orderId" FROM reservation WHERE product_id = $1', [id])).toEqual([
      { orderId: winners[0] },
    ]);
  });

  it('R25: given back by whoever has it while 60 want it, it is one unit in one place all the time', async () => {
    const id = await catalog.addProduct(1);
    const buyers = Array.from({ length: 60 }, () => uuidv7());
    const seen = await watchStock(id, async () => {
      await Promise.all(
        buyers.map(async (orderId, at) => {
          await reserve(at, orderId, id);
          await release(at + 1, orderId);
        }),
      );
    });

    expect(await stockOf(id)).toEqual({ available: 1, reserved: 0, sold: 0 });
    expect(seen.every(({ available, reserved }) => available + reserved === 1 && available >= 0)).toBe(true);
    // Each who got it gave it back: the row changed twice for each, and in turn.
    expect(seen.filter(({ reserved }) => reserved === 1)).toHaveLength(
      (await answered(StockReserved.type, buyers)).length,
    );
  });
});

interface Seen {
  readonly available: number;
  readonly reserved: number;
}

/** Every state that the row of the product went through while the work was done, as the table itself saw it. */
async function watchStock(productId: string, work: () => Promise<void>): Promise<Seen[]> {
  await catalog.query('CREATE TABLE spec_seen (product_id uuid, available bigint, reserved bigint)');
  await catalog.query(
    `CREATE FUNCTION spec_see() RETURNS trigger LANGUAGE plpgsql AS
     'BEGIN INSERT INTO spec_seen VALUES (NEW.product_id, NEW.available, NEW.reserved); RETURN NULL; END'`,
  );
  await catalog.query('CREATE TRIGGER spec_sees AFTER UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION spec_see()');
  await work();
  return catalog.query<Seen>('SELECT available, reserved FROM spec_seen WHERE product_id = $1', [productId]);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@lethe/kernel';
import fc from 'fast-check';
import { Logger } from '@nestjs/common';
import { FakeProvider } from './fake-provider.js';
import { Instants, modelRuns } from '@lethe/testing';
import { type Place, stories } from './model/actions.js';
import { CatalogModel } from './model/catalog-model.js';
import { OrdersService } from './model/orders-service.js';
import { Shop } from './model/shop.js';
import { Story } from './model/story.js';
import { WorkflowModel } from './model/workflow-model.js';
import { OrdersDatabase } from './orders-database.js';

const RUNS = modelRuns(process.env, { runs: 30, seconds: 120 });
const instants = new Instants<Place>();
const provider = new FakeProvider();
provider.around = (_, effect) => instants.around('provider', effect);
/** Prices in pence, the second of which soon runs out. */
const products = [
  { id: uuidv7(), price: 333, units: 12 },
  { id: uuidv7(), price: 1, units: 5 },
  { id: uuidv7(), price: 99_999, units: 9 },
];

let database: OrdersDatabase;
let workflows: WorkflowModel;
let service: OrdersService;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await OrdersDatabase.create();
  workflows = new WorkflowModel(instants);
  service = await OrdersService.start({
    database: instants.watch('commit', database.database, ['query', 'transaction']),
    provider,
    workflows,
    prices: new Map(products.map(({ id, price }) => [id, price])),
  });
  workflows.commands = service.commands;
});
afterAll(async () => {
  await service.stop();
  await database.close();
});

describe('the life of an order', () => {
  it(
    'C1 C2 C3 C4 C5 R13 R24: adds up after everything that can happen to it, whatever dies in between, and comes to rest',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (actions) => {
          instants.disarm();
          const catalog = new CatalogModel();
          for (const { id, units } of products) catalog.add(id, units);
          const shop = new Shop({ database, service, provider, catalog, workflows, instants });

          expect(await new Story(shop).play(actions)).toEqual([]);
        }),
        RUNS.parameters,
      );
    },
    RUNS.timeoutMs,
  );
});

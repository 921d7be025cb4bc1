import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FulfilmentStep, type FulfilmentStepAnswer, StartWorkflow, ordersService } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { Outbox, UnitOfWork, Wake } from '@lethe/outbox';
import { TakeFulfilmentStep, TakeFulfilmentStepHandler } from '../src/fulfilment/take-step.js';
import { StepOvertakenError } from '../src/orders.errors.js';
import { BeginWorkflow, BeginWorkflowHandler } from '../src/workflow/begin-workflow.js';
import { OrdersDatabase } from './orders-database.js';
import { ReturnsBench } from './returns-bench.js';
import { settledValues } from './settled.js';

let orders: OrdersDatabase;
let bench: ReturnsBench;
let units: UnitOfWork<typeof ordersService>;
beforeAll(async () => {
  orders = await OrdersDatabase.create();
  bench = new ReturnsBench(orders);
  units = new UnitOfWork(orders.database, new Outbox(ordersService, new Wake(orders.database)));
});
afterAll(() => orders.close());

/** An order that the warehouse has: two lines, of 1,749 in all. */
async function fulfilling(): Promise<string> {
  const { id } = await bench.order('fulfilling', [
    [3, 250],
    [1, 999],
  ]);
  await orders.run('INSERT INTO shipment (order_id) VALUES ($1)', [id]);
  return id;
}
const take = (id: string, step: FulfilmentStep): Promise<FulfilmentStepAnswer> =>
  new TakeFulfilmentStepHandler(units, bench.saga).execute(new TakeFulfilmentStep(id, step));
const atOnce = (id: string, step: FulfilmentStep) => settledValues(Array.from({ length: 20 }, () => take(id, step)));
const saidOf = async (id: string) => (await orders.messages(id)).map(({ type }) => type.split('.')[1]);

describe('a step of a fulfilment', () => {
  it('R13: is taken once, of twenty that come at once', async () => {
    const id = await fulfilling();
    for (const step of ['pick', 'pack', 'label'] as const) await take(id, step);

    const { fulfilled, rejected } = await atOnce(id, 'ship');

    expect([fulfilled.length, rejected]).toEqual([20, []]);
    expect(new Set(fulfilled.map(({ tracking }) => tracking)).size).toBe(1);
    expect(await saidOf(id)).toEqual(['order-shipped']);
    expect((await bench.books(id)).history).toEqual(['fulfilling', 'shipped']);
  });

  it('R24: calls an order off once, and leaves goods and money to the steps that follow', async () => {
    const id = await fulfilling();
    await take(id, 'pick');

    const { fulfilled } = await atOnce(id, 'call-off');

    expect(new Set(fulfilled.map(({ refundId }) => refundId)).size).toBe(1);
    expect(await saidOf(id)).toEqual(['order-returned']);
    expect(await bench.books(id)).toMatchObject({ status: 'returned', claimed: 1_749, returned: 4, back: 4 });
  });

  it('R24: is not taken once the compensation has begun, nor the compensation once the parcel has left', async () => {
    const [calledOff, shipped] = [await fulfilling(), await fulfilling()];
    await take(calledOff, 'call-off');
    await take(shipped, 'ship');

    for (const step of ['pick', 'pack', 'label', 'ship', 'deliver'] as const) {
      await expect(take(calledOff, step)).rejects.toThrow(StepOvertakenError);
    }
    await expect(take(shipped, 'call-off')).rejects.toThrow(StepOvertakenError);
    expect((await bench.books(shipped)).claimed).toBe(0);
  });

  it('R24: of a step and a call-off at once one wins, and the other is refused', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, fulfilling));

    const outcomes = await Promise.all(ids.map((id) => settledValues([take(id, 'ship'), take(id, 'call-off')])));

    for (const { fulfilled, rejected } of outcomes) {
      expect(fulfilled).toHaveLength(1);
      expect(rejected[0]).toBeInstanceOf(StepOvertakenError);
    }
  });
});

describe('the start of a workflow', () => {
  it('is asked for again, and not lost, where Step Functions does not take it', async () => {
    const orderId = uuidv7();
    const data = { workflow: 'fulfilment' as const, executionName: orderId, input: { orderId } };
    const away = { start: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    const handler = new BeginWorkflowHandler(away, units);
    const message = { id: uuidv7(), data };

    await handler.execute(new BeginWorkflow(message));
    await handler.execute(new BeginWorkflow(message));

    const rows = await orders.run<{ type: string; data: unknown; waits: boolean }>(
      `SELECT type, body::jsonb -> 'data' AS data, deliver_at > now() AS waits FROM outbox_scheduled WHERE key = $1`,
      [orderId],
    );
    expect(rows).toEqual([{ type: StartWorkflow.type, data, waits: true }]);
  });
});

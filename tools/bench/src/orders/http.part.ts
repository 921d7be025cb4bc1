import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AwsClients } from '@lethe/aws';
import { provisionTable } from '@lethe/aws/provision';
import { storeTables } from '@lethe/contracts';
import { startTestCloud } from '@lethe/local-cloud';
import { askRaw, openConnection } from '../measure/raw-http.js';
import { sideBySide } from '../measure/side-by-side.js';
import type { SuitePart } from '../report/part-report.js';
import { type CheckoutProcess, startCheckout } from './checkout-process.js';
import { orderValues } from './order-values.js';
import { REQUEST, migrateOrders } from './orders-program.js';
import { bareOneByOne } from './placers.js';

/** So many that the limiter's log of each stays short, as in a shop: with fifty, counting was three times the work. */
const CUSTOMERS = 1_000;
const AT_ONCE = 16;

const HOW = `\`POST /orders\` of the service as it was built, in a process of its own, by sixteen keep-alive connections of the
benchmark's process, as a thousand customers: token, revocation, limit per customer, JSON, schema, key, quote, the use case,
the answer. The catalogue is asked, and DynamoDB for revocations, but a stub answers at once in their place; the limits count
in Valkey or Redis. Beside it bare \`pg\` as above, without any HTTP, from the benchmark's process, with as many at once and as
many connections to the same database. In turn, slice by slice; a bound compares within the rounds. Client, stubs, service,
Valkey and PostgreSQL share the machine. The relay is off.`;

const BARE = 'bare pg, six statements one after another';
const HTTP = 'POST /orders';

/** Places orders over HTTP, each over a connection that is free. */
async function overHttp({ port, bearer }: CheckoutProcess): Promise<() => Promise<unknown>> {
  const free: Socket[] = await Promise.all(Array.from({ length: AT_ONCE }, () => openConnection(port)));
  const tokens = Array.from({ length: CUSTOMERS }, () => bearer(randomUUID()));
  const body = JSON.stringify(REQUEST);
  let turn = 0;
  return async () => {
    turn += 1;
    const socket = free.pop() ?? (await openConnection(port));
    const head = [
      'POST /orders HTTP/1.1',
      'host: 127.0.0.1',
      `authorization: ${tokens[turn % CUSTOMERS] ?? ''}`,
      `idempotency-key: ${randomUUID()}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ];
    await askRaw(socket, `${head.join('\r\n')}\r\n\r\n${body}`, 202);
    free.push(socket);
  };
}

/** So many orders before any is measured: the code of a service that is new in its process is not compiled yet. */
const WARM_UP = 2_000;

async function warmUp(order: () => Promise<unknown>): Promise<void> {
  const some = async (): Promise<void> => {
    for (let at = 0; at < WARM_UP / AT_ONCE; at += 1) await order();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
}

/** What HTTP and everything around the use case leaves of its throughput. */
export const httpPart: SuitePart = {
  name: 'http',
  run: async (extent) => {
    const cloud = await startTestCloud();
    const stops: (() => Promise<void>)[] = [() => cloud.stop()];
    try {
      const url = await cloud.ensureDatabase('bench_http');
      await migrateOrders(url);
      Object.assign(process.env, cloud.env);
      const clients = new AwsClients({ region: cloud.env['AWS_REGION'] ?? '' });
      for (const table of storeTables) await provisionTable(table, clients.dynamodb);
      clients.close();
      const checkout = await startCheckout({ ...cloud.env, DATABASE_URL: url });
      stops.push(() => checkout.stop());
      const bare = bareOneByOne(url);
      stops.push(() => bare.close());
      const order = await overHttp(checkout);
      await warmUp(order);
      const contenders = [
        { name: BARE, operation: () => bare.place(orderValues(randomUUID())) },
        { name: HTTP, operation: order },
      ];
      // The shares of two processes vary more than what one does by turns.
      const found = await sideBySide(contenders, { ...extent, rounds: extent.rounds * 2 }, AT_ONCE);
      const claim = `Orders placed per second through HTTP, to the same statements one after another from bare \`pg\``;
      const bounds = [{ claim, unit: '×' as const, atLeast: 0.7, measured: found.speedOf(HTTP, BARE) }];
      return { title: 'Placing an order through HTTP', how: HOW, rows: found.rows, bounds };
    } finally {
      for (const stop of stops.toReversed()) await stop();
    }
  },
};

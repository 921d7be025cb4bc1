import { randomUUID } from 'node:crypto';
import { startTestCloud } from '@lethe/local-cloud';
import { sideBySide } from '../measure/side-by-side.js';
import type { SuitePart } from '../report/part-report.js';
import { orderValues } from './order-values.js';
import { CONNECTIONS, migrateOrders, openOrders, placeOrderStatement } from './orders-program.js';
import { type Placer, bareInOne, bareOneByOne, typeormQuery, typeormSave } from './placers.js';

const HOW = `An order of two lines with its idempotency key, the first row of its history, two messages in the outbox and a time-out:
the same rows each way, sixteen at once over ${CONNECTIONS} connections to a PostgreSQL on the same machine, the contenders in turn,
slice by slice; a bound compares within the rounds. Bare \`pg\` sends BEGIN, six statements and COMMIT one after the
other, each prepared by its name and awaited. The use case is the one of the built program: it looks for the key first, a
round trip that bare \`pg\` is spared, checks, prices, makes the messages, and writes all with one statement. The relay
does not run (see Messaging), and the catalogue answers at once.`;

const NAMES = {
  bare: 'bare pg, six statements one after another',
  one: 'bare pg, all in one statement',
  query: 'TypeORM query()',
  save: 'TypeORM save()',
  useCase: 'the use case',
} as const;

/** Placing an order, beside the ways in which it is done elsewhere. */
export const placingPart: SuitePart = {
  name: 'placing',
  run: async (extent) => {
    const cloud = await startTestCloud();
    const open: { close(): Promise<void> }[] = [];
    try {
      const url = await cloud.ensureDatabase('bench_placing');
      await migrateOrders(url);
      const program = await openOrders(url);
      open.push(program);
      const ways: Record<string, Placer> = {
        [NAMES.bare]: bareOneByOne(url),
        [NAMES.one]: bareInOne(url, await placeOrderStatement()),
        [NAMES.query]: await typeormQuery(url),
        [NAMES.save]: await typeormSave(url, program.entities),
      };
      open.push(...Object.values(ways));
      const contenders = Object.entries(ways).map(([name, { place }]) => ({
        name,
        operation: () => place(orderValues(randomUUID())),
      }));
      const useCase = { name: NAMES.useCase, operation: () => program.place(randomUUID(), randomUUID()) };
      const found = await sideBySide([...contenders, useCase], extent);
      const to = (name: string) => found.speedOf(name, NAMES.bare);
      return {
        title: 'Placing an order',
        how: HOW,
        rows: found.rows,
        bounds: [
          {
            claim: 'Orders placed per second by the use case, to the same statements one after another from bare `pg`',
            unit: '×',
            atLeast: 1.2,
            measured: to(NAMES.useCase),
          },
        ],
      };
    } finally {
      for (const one of open) await one.close();
      await cloud.stop();
    }
  },
};

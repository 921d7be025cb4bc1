import { startTestCloud } from '@lethe/local-cloud';
import { sideBySide } from '../measure/side-by-side.js';
import type { MeasuredBound, PartRow, SuitePart } from '../report/part-report.js';
import { openHotProduct } from './catalog-program.js';
import { CONNECTIONS } from './orders-program.js';

/** Reservations that wait at a replica at once: a few, what a rush brings, and a backlog. */
const WAITING = [8, 16, 64];
/** What the bound is held at. A consumer begins at 8 and takes up to 256 messages at once, by ten of each receive. */
const RUSH = 16;

const HOW = `One unit of one product, again and again. Bare: the conditional update of its row, prepared, each a commit of its own,
over ${CONNECTIONS} connections. The use case of the built program does for each order what \`ReserveStock\` asks for: the inbox, the
claim of the order, the line that is set aside, the stock and the answer in the outbox, in one commit; what waits shares it.
So many at once for both, in turn, slice by slice; a bound compares within the rounds. PostgreSQL is on the same machine.`;

/** A product that everyone wants. */
export const hotProductPart: SuitePart = {
  name: 'hot-product',
  run: async (extent) => {
    const cloud = await startTestCloud();
    try {
      const product = await openHotProduct(await cloud.ensureDatabase('bench_hot'));
      const rows: PartRow[] = [];
      const bounds: MeasuredBound[] = [];
      for (const waiting of WAITING) {
        const bare = { name: `${waiting} at once: bare conditional update`, operation: product.bare };
        const ours = { name: `${waiting} at once: reservation`, operation: product.reserve };
        const found = await sideBySide([bare, ours], extent, waiting);
        rows.push(...found.rows);
        if (waiting < RUSH) continue;
        const claim = `Reservations of one product per second, ${waiting} at once, to bare conditional updates of its row`;
        bounds.push({ claim, unit: '×', atLeast: 0.7, measured: found.speedOf(ours.name, bare.name) });
      }
      await product.stop();
      return { title: 'A product that everyone wants', how: HOW, rows, bounds };
    } finally {
      await cloud.stop();
    }
  },
};

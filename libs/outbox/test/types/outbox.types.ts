import type { Tx } from '@lethe/database';
import { defineEvent } from '@lethe/topology';
import { z } from 'zod';
import type { Outbox } from '../../src/outbox.js';
import { DoThing, Happened, depot, type shop } from '../fixture.js';

/** What compiles and what does not: checked by the compiler, never run. */
const Elsewhere = defineEvent({
  owner: 'elsewhere',
  name: 'happened',
  version: 1,
  description: 'Of a service that is not asked.',
  data: z.object({ n: z.int() }),
});

export async function publishing(tx: Tx, ofShop: Outbox<typeof shop>, ofDepot: Outbox<typeof depot>): Promise<void> {
  await ofShop.add(tx, Happened, { n: 1 }, { key: 'a' });
  await ofShop.add(tx, DoThing, { n: 1 }, { key: 'a' });

  // @ts-expect-error shop does not declare it
  await ofShop.add(tx, Elsewhere, { n: 1 }, { key: 'a' });
  // @ts-expect-error depot declares nothing that it emits, though it handles this
  await ofDepot.add(tx, Happened, { n: 1 }, { key: 'a' });
  // @ts-expect-error the data is that of the message
  await ofShop.add(tx, Happened, { n: 'one' }, { key: 'a' });
  // @ts-expect-error a message has a key
  await ofShop.add(tx, Happened, { n: 1 }, {});
  // @ts-expect-error the values of a row are checked likewise
  ofShop.row(Elsewhere, { n: 1 }, { key: 'a' });
}

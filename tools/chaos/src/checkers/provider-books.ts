import type { RunningStore } from '@lethe/store';
import { z } from 'zod';

const pageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      metadata: z.record(z.string(), z.string()),
      amount_capturable: z.int(),
      latest_charge: z.object({ amount_captured: z.int(), amount_refunded: z.int() }).nullable(),
    }),
  ),
  has_more: z.boolean(),
});

/** What the payment provider holds for one order, in minor units. */
export interface Held {
  /** Payments that took money. */
  readonly captures: number;
  /** Taken and not given back. */
  readonly kept: number;
  /** Set aside and neither taken nor let go. */
  readonly setAside: number;
}

/** The key of a test account; the simulator takes any. */
const API_KEY = 'sk_test_chaos';

/** The provider's books by order, read by its API page by page. */
export async function providerBooks({ paymentUrl }: Pick<RunningStore, 'paymentUrl'>): Promise<Map<string, Held>> {
  const books = new Map<string, Held>();
  let after = '';
  for (let more = true; more;) {
    const answer = await fetch(`${paymentUrl}/v1/payment_intents?limit=100&expand[]=data.latest_charge${after}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
      signal: AbortSignal.timeout(5_000),
    });
    const { data, has_more: hasMore } = pageSchema.parse(await answer.json());
    for (const { metadata, latest_charge: charge, amount_capturable: setAside } of data) {
      const orderId = metadata['order_id'] ?? '';
      const held = books.get(orderId) ?? { captures: 0, kept: 0, setAside: 0 };
      const taken = charge?.amount_captured ?? 0;
      books.set(orderId, {
        captures: held.captures + (taken > 0 ? 1 : 0),
        kept: held.kept + taken - (charge?.amount_refunded ?? 0),
        setAside: held.setAside + setAside,
      });
    }
    after = `&starting_after=${data.at(-1)?.id}`;
    more = hasMore;
  }
  return books;
}

import { describe, expect, it } from '@jest/globals';
import { type Click, type EnrichedClick } from '@lethe/contracts';
import { FakeClock } from '@lethe/testing';
import { enrichClicks } from './enrich-clicks.js';
import { KnownProducts } from './known-products.js';

const LAMP = '01981c6e-0000-7000-8000-000000000001';
const GONE = '01981c6e-0000-7000-8000-000000000002';
const click = (id: string, sessionId = 'session', productId?: string): Click => ({
  id,
  type: 'view',
  at: '2026-11-23T16:00:00Z',
  sessionId,
  ...(productId === undefined ? {} : { productId }),
});
const eventOf = (...contents: readonly unknown[]) => ({
  Records: contents.map((content, index) => ({
    kinesis: {
      sequenceNumber: `${index + 1}`,
      partitionKey: 'key',
      data: Buffer.from(typeof content === 'string' ? content : JSON.stringify({ data: content })).toString('base64'),
    },
  })),
});
const failedAt = (itemIdentifier: string) => ({ batchItemFailures: [{ itemIdentifier }] });

/** A stream that refuses some clicks as often as is said. */
function stream(refusals: Readonly<Record<string, number>> = {}) {
  const left = new Map(Object.entries(refusals));
  const written: EnrichedClick[] = [];
  const write = (clicks: readonly EnrichedClick[]) =>
    Promise.resolve(
      clicks.map((each) => {
        const refused = left.get(each.id) ?? 0;
        left.set(each.id, refused - 1);
        if (refused <= 0) written.push(each);
        return refused <= 0;
      }),
    );
  return { written, write };
}
const products = {
  find: (id: string) => Promise.resolve(id === GONE ? null : { sku: 'L-1', category: 'lighting' }),
};
const idsOf = (clicks: readonly Click[]) => clicks.map(({ id }) => id);

describe('the enrichment of clicks', () => {
  it('gives a click the category of its product, and null for one that is gone', async () => {
    const { written, write } = stream();

    const answer = await enrichClicks(eventOf(click('a', 's1', LAMP), click('b', 's2', GONE), click('c', 's3')), {
      products,
      write,
    });

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(written).toEqual([
      { ...click('a', 's1', LAMP), product: { sku: 'L-1', category: 'lighting' } },
      { ...click('b', 's2', GONE), product: null },
      click('c', 's3'),
    ]);
  });

  it('R23: names the first record that cannot be read, and writes those before it', async () => {
    const { written, write } = stream();

    const answer = await enrichClicks(eventOf(click('a'), 'no JSON', click('c')), { products, write });

    expect(answer).toEqual(failedAt('2'));
    expect(idsOf(written)).toEqual(['a']);
  });

  it('R23: names the first record whose product could not be asked for', async () => {
    const { written, write } = stream();
    const away = { find: () => Promise.reject(new Error('the catalogue is away')) };

    const answer = await enrichClicks(eventOf(click('a'), click('b', 'session', LAMP)), { products: away, write });

    expect(answer).toEqual(failedAt('2'));
    expect(idsOf(written)).toEqual(['a']);
  });

  it('R23: keeps the order of a session where the stream takes only a part', async () => {
    const { written, write } = stream({ b1: 1 });
    const clicks = [click('a1', 'a'), click('b1', 'b'), click('a2', 'a'), click('b2', 'b')];

    const answer = await enrichClicks(eventOf(...clicks), { products, write });
    expect(answer).toEqual(failedAt('2'));
    expect(await enrichClicks(eventOf(...clicks.slice(1)), { products, write })).toEqual({ batchItemFailures: [] });

    const once = [...new Set(idsOf(written))];
    expect(once.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2']);
    expect(once.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  it('names the first record where the stream cannot be reached', async () => {
    const write = () => Promise.reject(new Error('Kinesis is away'));

    expect(await enrichClicks(eventOf(click('a')), { products, write })).toEqual(failedAt('1'));
  });
});

describe('the products that an instance knows', () => {
  it('are asked for once in five minutes, however many clicks there are at once', async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    const catalog = {
      get: (path: string) => {
        asked.push(path);
        return Promise.resolve({ sku: 'L-1', category: 'lighting' }) as Promise<never>;
      },
    };
    const known = new KnownProducts(catalog, clock);

    await Promise.all([known.find(LAMP), known.find(LAMP)]);
    clock.advance(299_999);
    await known.find(LAMP);
    expect(asked).toEqual([`/catalog/products/${LAMP}`]);
    clock.advance(1);
    await known.find(LAMP);
    expect(asked).toHaveLength(2);
  });

  it('forget a failure', async () => {
    let away = true;
    const catalog = {
      get: () => (away ? Promise.reject(new Error('away')) : (Promise.resolve(undefined) as Promise<never>)),
    };
    const known = new KnownProducts(catalog, new FakeClock());

    await expect(known.find(LAMP)).rejects.toThrow('away');
    away = false;
    expect(await known.find(LAMP)).toBeNull();
  });
});

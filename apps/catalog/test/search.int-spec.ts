import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProductPage } from '@lethe/contracts';
import { FindProducts, FindProductsHandler } from '../src/product/search/find-products.js';
import { type ProductQuery, productQuery } from '../src/product/product.schemas.js';
import { CatalogFixture } from './catalog.fixture.js';

let catalog: CatalogFixture;
let handler: FindProductsHandler;

const NAMES: readonly (readonly [name: string, category: string])[] = [
  ['White Metal Lantern', 'lights'],
  ['Red Paper Lantern', 'lights'],
  ['Lantern Hook', 'storage'],
  ['Christmas Candle', 'christmas'],
  ['Regency Cakestand 3 Tier', 'party'],
  ['Jumbo Bag Red Retrospot', 'bags'],
  ['Children\u2019s Spaceboy Mug', 'kitchen'],
];

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  handler = new FindProductsHandler(catalog.database, catalog.products);
  for (const [name, category] of NAMES) await catalog.addProduct(1, { name, category });
  for (let at = 0; at < 45; at += 1)
    await catalog.addProduct(1, { name: `Teacup number ${at}`, category: 'tea', sku: `TEA-${at}` });
});
afterAll(() => catalog.close());

const find = (query: Partial<Record<keyof ProductQuery, string>>): Promise<ProductPage> =>
  handler.execute(new FindProducts(productQuery.parse(query)));
const names = async (q: string, category?: string): Promise<string[]> =>
  (await find({ q, ...(category === undefined ? {} : { category }) })).items.map(({ name }) => name);

async function allPages(
  query: Partial<Record<keyof ProductQuery, string>>,
  between?: () => Promise<unknown>,
): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: ProductPage = await find({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
    await between?.();
  }
  return ids;
}

describe('search', () => {
  it('finds words in any form and order, best first', async () => {
    expect((await names('lanterns')).toSorted()).toEqual(['Lantern Hook', 'Red Paper Lantern', 'White Metal Lantern']);
    expect(await names('lantern metal')).toEqual(['White Metal Lantern']);
    expect(await names('"metal lantern" -paper')).toEqual(['White Metal Lantern']);
  });

  it('finds the beginning of a word, as people search while they type', async () => {
    expect(await names('regency cak')).toEqual(['Regency Cakestand 3 Tier']);
  });

  it('finds a SKU', async () => {
    expect(await names('TEA-7')).toContain('Teacup number 7');
  });

  it.each([
    ['lantrn', 'White Metal Lantern'],
    ['chrismas', 'Christmas Candle'],
    ['retrospt', 'Jumbo Bag Red Retrospot'],
    ['cakstand', 'Regency Cakestand 3 Tier'],
  ])('finds %s although it is misspelt', async (q, name) => {
    expect(await names(q)).toContain(name);
  });

  it('keeps to the category', async () => {
    expect(await names('lantern', 'storage')).toEqual(['Lantern Hook']);
    expect(await names('lantrn', 'storage')).toEqual(['Lantern Hook']);
    expect((await find({ category: 'bags' })).items.map(({ name }) => name)).toEqual(['Jumbo Bag Red Retrospot']);
  });

  it.each(['xyzzy', 'the', '& | ! ( )', "'; DROP TABLE product; --", ':*', '\\', '%_', '<->', '""', '-', 'a:b:c'])(
    'S45: answers a page, and no error, for %j',
    async (q) => {
      await expect(find({ q })).resolves.toMatchObject({ items: expect.any(Array) });
    },
  );

  it('takes an empty text for none', async () => {
    expect(await allPages({ q: '  ', limit: '50' })).toHaveLength(NAMES.length + 45);
  });
});

describe('pages', () => {
  it.each<[string, Partial<Record<keyof ProductQuery, string>>]>([
    ['of everything', { limit: '7' }],
    ['of a category', { category: 'tea', limit: '10' }],
    ['of a search whose ranks are all alike', { q: 'teacup', limit: '8' }],
    ['of a misspelt search', { q: 'teacap', limit: '8' }],
  ])('%s hold every product once, in one order', async (_, query) => {
    const whole = (await find({ ...query, limit: '100' })).items.map(({ id }) => id);

    expect(whole.length).toBeGreaterThan(20);
    expect(await allPages(query)).toEqual(whole);
  });

  it('neither skip nor repeat a product while others are written', async () => {
    for (const query of [
      { category: 'tea', limit: '10' },
      { q: 'teacup', limit: '10' },
    ]) {
      const before = (await find({ ...query, limit: '100' })).items.map(({ id }) => id);
      const seen = await allPages(query, () => catalog.addProduct(1, { name: 'Teacup newcomer', category: 'tea' }));

      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((id) => before.includes(id))).toEqual(before);
    }
  });

  it('end with a cursor of null, also where the last page is full', async () => {
    expect((await find({ category: 'lights', limit: '2' })).nextCursor).toBeNull();
  });

  it('refuse a cursor that was tampered with or is of another question, with 400 at #query/cursor', async () => {
    const { nextCursor } = await find({ category: 'tea', limit: '5' });
    const refused = expect.objectContaining({
      status: 400,
      errors: [expect.objectContaining({ pointer: '#query/cursor' })],
    });

    await expect(find({ category: 'tea', cursor: `${nextCursor}x` })).rejects.toEqual(refused);
    await expect(find({ category: 'lights', cursor: nextCursor ?? '' })).rejects.toEqual(refused);
    await expect(find({ q: 'teacup', cursor: nextCursor ?? '' })).rejects.toEqual(refused);
  });
});

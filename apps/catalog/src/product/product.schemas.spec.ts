import { describe, expect, it } from '@jest/globals';
import { createProductBody, patchProductBody, productQuery } from './product.schemas.js';

const product = { sku: 'A-1', name: 'Lantern', price: { amount: 100, currency: 'GBP' } };

describe('the schemas of products', () => {
  it('refuse the character NUL, which Postgres cannot store, and say where it stands', () => {
    const refused = createProductBody.safeParse({ ...product, name: 'Lan\0tern' });

    expect(refused.error?.issues).toEqual([expect.objectContaining({ path: ['name'] })]);
    expect(patchProductBody.safeParse({ description: '\0' }).success).toBe(false);
    expect(productQuery.safeParse({ q: 'a\0b' }).success).toBe(false);
  });

  it('R26: refuse a currency that is none, or none any more', () => {
    for (const currency of ['ABC', 'XXX', 'ANG']) {
      const price = { amount: 100, currency };
      const refused = createProductBody.safeParse({ ...product, price });

      expect(refused.error?.issues).toEqual([expect.objectContaining({ path: ['price', 'currency'] })]);
      expect(patchProductBody.safeParse({ price }).success).toBe(false);
    }
    expect(patchProductBody.safeParse({ name: 'Lamp' }).success).toBe(true);
  });

  it('take what the contract takes', () => {
    expect(createProductBody.parse(product)).toMatchObject({ category: 'general', available: 0, description: '' });
    expect(productQuery.parse({ limit: '5' })).toEqual({ limit: 5 });
  });
});

import { createHash } from 'node:crypto';
import { type ProductPage, productPageSchema, productSchema } from '@lethe/contracts';
import { Cache, type CachePolicy } from '@lethe/cache';
import { z } from 'zod';
import type { VersionedProduct } from '../product.js';
import type { ProductQuery } from '../product.schemas.js';

/** Share of an entry's life after which it is loaded anew behind the answer. */
const FRESH_SHARE = 0.6;
/** Share by which lives are shortened at random, so that what was loaded together does not end together. */
const JITTER = 0.2;
/** Every page shows products, so all are forgotten with any of them. */
const PAGES = 'pages';

/**
 * Names the shape of what is kept. It stands in every key, so entries of another version of the program are not read by
 * this one, and those of this one need not be judged by a schema at each hit, which would cost more than asking Postgres.
 */
export const SHAPE = createHash('sha256')
  .update(JSON.stringify([z.toJSONSchema(productSchema), z.toJSONSchema(productPageSchema), 'version', 'stockVersion']))
  .digest('base64url')
  .slice(0, 12);

/**
 * Products and pages of them, as they were at most `maxAgeMs` before they were asked for, and at once as they are after
 * {@link changed}. Quotes and everything that writes ask Postgres (ADR 15).
 */
export class ProductCache {
  readonly #products: CachePolicy;
  readonly #pages: CachePolicy;

  constructor(
    private readonly entries: Pick<Cache, 'through' | 'invalidate'>,
    /** No price that was replaced earlier than so many milliseconds before a request is in its answer. */
    maxAgeMs: number,
  ) {
    const policy = { ttlMs: maxAgeMs, freshMs: FRESH_SHARE * maxAgeMs, jitter: JITTER };
    this.#products = { ...policy, name: 'products', missingMs: maxAgeMs };
    this.#pages = { ...policy, name: PAGES };
  }

  /** One product, undefined where there is none. */
  product(id: string, load: () => Promise<VersionedProduct | undefined>): Promise<VersionedProduct | undefined> {
    const parse = (json: unknown): VersionedProduct => json as VersionedProduct;
    return this.entries.through({ policy: this.#products, key: id.toLowerCase(), parse, load });
  }

  /** The page that answers the query. */
  async page(query: ProductQuery, load: () => Promise<ProductPage>): Promise<ProductPage> {
    const { q = '', category = null, limit, cursor = null } = query;
    const key = JSON.stringify([q, category, limit, cursor]);
    const parse = (json: unknown): ProductPage => json as ProductPage;
    const found = await this.entries.through({ policy: this.#pages, key, tag: PAGES, parse, load });
    return found ?? load();
  }

  /**
   * Forgets products and every page, once a change of what they show is committed. Whoever asks after this has resolved
   * sees the change. Never rejects: where Valkey is not reached, entries end by their age.
   */
  async changed(productIds: readonly string[]): Promise<void> {
    if (productIds.length === 0) return;
    const keys = productIds.map((id) => ({ policy: this.#products, key: id.toLowerCase() }));
    await this.entries.invalidate(keys, [PAGES]);
  }
}

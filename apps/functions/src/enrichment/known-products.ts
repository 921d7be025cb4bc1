import { type EnrichedClick } from '@lethe/contracts';
import { type Clock } from '@lethe/kernel';
import { z } from 'zod';
import { type ServiceClient } from '../service-client.js';

/** What a click gets of its product. */
export type ProductFacts = NonNullable<EnrichedClick['product']>;

/** Of an answer of the catalogue nothing else is read, so that a newer one does no harm (R22). */
const factsSchema = z.object({ sku: z.string(), category: z.string() });

/** Products remembered by one instance of the function, and for how long: a category may be that old. */
const [MAX_PRODUCTS, MAX_AGE_MS] = [10_000, 300_000];

/** What the catalogue says of products, remembered while the instance lives; nothing depends on its living on. */
export class KnownProducts {
  readonly #known = new Map<string, { readonly facts: Promise<ProductFacts | null>; readonly at: number }>();

  constructor(
    private readonly catalog: Pick<ServiceClient, 'get'>,
    private readonly clock: Clock,
  ) {}

  /** Null for a product that is not there. Throws a ServiceUnavailableError, which is not remembered. */
  find(productId: string): Promise<ProductFacts | null> {
    const now = this.clock.now();
    const known = this.#known.get(productId);
    if (known && now - known.at < MAX_AGE_MS) return known.facts;
    const facts = this.#ask(productId);
    this.#known.delete(productId);
    this.#known.set(productId, { facts, at: now });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_PRODUCTS && oldest !== undefined) this.#known.delete(oldest);
    return facts;
  }

  async #ask(productId: string): Promise<ProductFacts | null> {
    try {
      return (await this.catalog.get(`/catalog/products/${productId}`, factsSchema)) ?? null;
    } catch (error) {
      this.#known.delete(productId);
      throw error;
    }
  }
}

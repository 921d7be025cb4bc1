import { type Quote, quoteSchema } from '@lethe/contracts';
import { type ServiceTokens } from '@lethe/identity';
import DataLoader from 'dataloader';
import { DependencyUnavailableError } from '../orders.errors.js';
import { CircuitBreaker } from '../outbound/circuit-breaker.js';
import { type OutboundAnswer, OutboundHttp, isTimeout } from '../outbound/outbound-http.js';
import { RetryBudget } from '../outbound/retry-budget.js';

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 3_000;
const CONNECTIONS = 32;
/** Products of one question (`quoteRequestSchema`). */
const MAX_PRODUCTS = 2_000;

type QuotedProduct = Quote['items'][number];

/** Asks the catalogue, a neighbour service, what products are and cost now, by a token of this service. */
export class CatalogClient {
  private readonly http: OutboundHttp;
  private readonly breaker = new CircuitBreaker();
  private readonly budget = new RetryBudget();
  /** Orders that come in the same turn of the event loop ask once for all their products. Nothing is kept. */
  private readonly products = new DataLoader<string, QuotedProduct | undefined>((ids) => this.ask(ids), {
    cache: false,
    maxBatchSize: MAX_PRODUCTS,
    batchScheduleFn: setImmediate,
  });

  constructor(
    baseUrl: string,
    private readonly tokens: ServiceTokens,
  ) {
    this.http = new OutboundHttp({
      baseUrl,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      connections: CONNECTIONS,
    });
  }

  /**
   * The products with these ids, as far as the catalogue knows them. A read, and so safe to repeat: once, after a 502,
   * a 503 or a broken connection. Throws a {@link DependencyUnavailableError}, at once while the catalogue is known to
   * be down (R08).
   */
  async quote(productIds: readonly string[]): Promise<Quote> {
    if (!this.breaker.allows()) throw new DependencyUnavailableError('catalog');
    const ids = [...new Set(productIds)];
    const found = await Promise.all(ids.map((id) => this.products.load(id)));
    return {
      items: found.filter((product) => product !== undefined),
      missing: ids.filter((_, at) => found[at] === undefined),
    };
  }

  close(): Promise<void> {
    return this.http.close();
  }

  /** What each of the products is; ids come again where several orders want the same. */
  private async ask(ids: readonly string[]): Promise<(QuotedProduct | undefined)[]> {
    try {
      const answer = await this.send([...new Set(ids)]);
      const quote = quoteSchema.safeParse(answer.json);
      if (answer.status !== 200 || !quote.success) {
        throw new Error(`POST /catalog/quotes answered ${answer.status}`, { cause: quote.error });
      }
      this.breaker.succeeded();
      this.budget.succeeded();
      const products = new Map(quote.data.items.map((product) => [product.id, product]));
      return ids.map((id) => products.get(id.toLowerCase()));
    } catch (cause) {
      this.breaker.failed();
      throw new DependencyUnavailableError('catalog', cause);
    }
  }

  private async send(productIds: readonly string[]): Promise<OutboundAnswer> {
    const headers = { authorization: `Bearer ${this.tokens.tokenFor('catalog')}` };
    const send = () => this.http.send({ method: 'POST', path: '/catalog/quotes', headers, body: { productIds } });
    let answer: OutboundAnswer;
    try {
      answer = await send();
    } catch (error) {
      if (isTimeout(error) || !this.budget.take()) throw error;
      return send();
    }
    const refused = answer.status === 502 || answer.status === 503;
    return refused && this.budget.take() ? send() : answer;
  }
}

import { type Quote, quoteSchema } from '@lethe/contracts';
import { type ServiceTokens } from '@lethe/identity';
import { DependencyUnavailableError } from '../orders.errors.js';
import { CircuitBreaker } from '../outbound/circuit-breaker.js';
import { type OutboundAnswer, OutboundHttp, isTimeout } from '../outbound/outbound-http.js';
import { RetryBudget } from '../outbound/retry-budget.js';

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 3_000;
const CONNECTIONS = 32;

/** Asks the catalogue, a neighbour service, what products are and cost now, by a token of this service. */
export class CatalogClient {
  private readonly http: OutboundHttp;
  private readonly breaker = new CircuitBreaker();
  private readonly budget = new RetryBudget();

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
    try {
      const answer = await this.ask([...new Set(productIds)]);
      const quote = quoteSchema.safeParse(answer.json);
      if (answer.status !== 200 || !quote.success) {
        throw new Error(`POST /catalog/quotes answered ${answer.status}`, { cause: quote.error });
      }
      this.breaker.succeeded();
      this.budget.succeeded();
      return quote.data;
    } catch (cause) {
      this.breaker.failed();
      throw new DependencyUnavailableError('catalog', cause);
    }
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async ask(productIds: readonly string[]): Promise<OutboundAnswer> {
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

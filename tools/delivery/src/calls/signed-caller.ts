import { Signer } from '@lethe/aws';
import { CallFailedError } from '../delivery.errors.js';
import type { Patience } from '../patience.js';

/** What a service of AWS signs requests with; the provider of any client of the SDK. */
type Credentials = () => Promise<Parameters<Signer['sign']>[2]['credentials']>;

/** Where calls go. */
export interface Callee {
  /** As it is signed: `secretsmanager`. */
  readonly service: string;
  readonly region: string;
  /** `https://secretsmanager.eu-west-1.amazonaws.com` */
  readonly endpoint: string;
  readonly credentials: Credentials;
  readonly pause: Patience['pause'];
}

/** A request, always posted. */
export interface Call {
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const ATTEMPTS = 3;
const ANSWER_MS = 15_000;
/** Before the second attempt; twice as long before the third. */
const PAUSE_MS = 500;

/**
 * Calls of services that this workspace has no client for: three operations are not worth two packages. What is
 * throttled, or answered by a server's fault, is asked again, twice at most.
 */
export class SignedCaller {
  readonly #signer = new Signer();

  constructor(private readonly callee: Callee) {}

  /** Throws a {@link CallFailedError} where there is no answer. */
  async post(call: Call): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#once(call);
        if (!isTransient(answer) || attempt >= ATTEMPTS) return answer;
      } catch (cause) {
        if (attempt >= ATTEMPTS) throw new CallFailedError(this.callee.service, 'did not answer', { cause });
      }
      await this.callee.pause(PAUSE_MS * attempt);
    }
  }

  async #once({ path = '/', headers, body }: Call): Promise<Answer> {
    const { service, region, endpoint, credentials } = this.callee;
    const url = new URL(path, endpoint);
    const scope = { region, service, credentials: await credentials(), at: new Date(), path };
    const signed = this.#signer.sign({ ...headers, host: url.host }, body, scope);
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(url, { method: 'POST', headers: { ...signed }, body, signal, redirect: 'error' });
    return { status: response.status, body: await response.text() };
  }
}

const isTransient = ({ status, body }: Answer): boolean =>
  status >= 500 || status === 429 || /Throttl|TooManyRequests/.test(body);

import { ServiceTokens } from '@lethe/identity/tokens';
import { type z } from 'zod';
import { ServiceUnavailableError } from './functions.errors.js';

/** Milliseconds for an answer of a service. */
const TIMEOUT_MS = 5_000;

/** Options of {@link ServiceClient}. */
export interface ServiceClientOptions {
  /** The service that is asked. */
  readonly service: string;
  /** Where it is, without a path. */
  readonly url: string;
  /** The functions' private key, a JWK in JSON; without one requests carry no token. */
  readonly key?: string;
}

/** What a service answered, whatever it thinks of the request. */
export interface Answered {
  readonly status: number;
  /** Parsed; undefined where there is none. */
  readonly body: unknown;
}

/** Asks one service of the store, by service token where its route is not for everyone. */
export class ServiceClient {
  readonly #tokens: ServiceTokens | undefined;

  /** Throws an IdentityConfigError for a key that is not the functions'. */
  constructor(private readonly options: ServiceClientOptions) {
    const { key } = options;
    this.#tokens = key === undefined ? undefined : new ServiceTokens({ service: 'functions', key });
  }

  /** What lies at the path, undefined for a 404. Throws a ServiceUnavailableError for anything else but a 200. */
  async get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
    const { service } = this.options;
    try {
      const response = await this.#ask('GET', path);
      if (response.status !== 200) await response.body?.cancel();
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw new ServiceUnavailableError(service, `it answered ${response.status}`);
      return schema.parse(await response.json());
    } catch (error) {
      if (error instanceof ServiceUnavailableError) throw error;
      throw new ServiceUnavailableError(service, 'no answer that can be read', error);
    }
  }

  /** Puts JSON; gives the status, and the parsed answer where there is one. Throws a ServiceUnavailableError without an answer. */
  put(path: string, body: object): Promise<Answered> {
    return this.#send('PUT', path, body);
  }

  /** As {@link put}, by POST. */
  post(path: string, body: object): Promise<Answered> {
    return this.#send('POST', path, body);
  }

  async #send(method: 'PUT' | 'POST', path: string, body: object): Promise<Answered> {
    try {
      const response = await this.#ask(method, path, JSON.stringify(body));
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    } catch (error) {
      throw new ServiceUnavailableError(this.options.service, 'no answer that can be read', error);
    }
  }

  #ask(method: 'GET' | 'PUT' | 'POST', path: string, body?: string): Promise<Response> {
    const token = this.#tokens?.tokenFor(this.options.service);
    return fetch(new URL(path, this.options.url), {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

/**
 * What came of an invocation. `returned`: the function answered; `failed`: it threw, or had its time; `unavailable`: it
 * did not run, or nobody knows: throttled, the server down, the connection lost.
 */
export type Invocation =
  | { readonly type: 'returned'; readonly payload: unknown }
  | { readonly type: 'failed'; readonly payload: unknown }
  | { readonly type: 'unavailable'; readonly reason: string };

/** How long an answer may take beyond the function's own time, in ms. */
const GRACE_MS = 5_000;

/** Invokes functions by the Invoke API of Lambda. */
export class Invoker {
  /** `url` is where the API is, without a path. */
  constructor(private readonly url: string) {}

  /** Invokes and waits. Never rejects. */
  async invoke(name: string, event: unknown, timeoutSeconds: number): Promise<Invocation> {
    try {
      const response = await fetch(`${this.url}/2015-03-31/functions/${name}/invocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(timeoutSeconds * 1_000 + GRACE_MS),
      });
      const text = await response.text();
      if (response.status !== 200) return { type: 'unavailable', reason: `the Invoke API answered ${response.status}` };
      const failed = response.headers.has('x-amz-function-error');
      return { type: failed ? 'failed' : 'returned', payload: text === '' ? null : (JSON.parse(text) as unknown) };
    } catch (error) {
      return { type: 'unavailable', reason: String(error) };
    }
  }
}

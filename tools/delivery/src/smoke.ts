import { storeServices } from '@lethe/contracts';
import { SmokeError } from './delivery.errors.js';
import type { Patience } from './patience.js';

const TRIES = 5;
const ANSWER_MS = 10_000;

/** Asks a deployed stage from outside whether each service answers, and the catalogue with what it read. Throws a {@link SmokeError}. */
export async function smokeTest(origin: string, patience: Patience): Promise<void> {
  const descriptions = storeServices.map(({ name }) => `/${name}/openapi.json`);
  const paths = [...descriptions, '/auth/.well-known/jwks.json', '/catalog/products?limit=1'];
  await Promise.all(paths.map((path) => answers(`${origin}${path}`, patience)));
}

async function answers(url: string, patience: Patience): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    const failure = await failureOf(url);
    if (failure === undefined) return;
    if (left <= 1) throw failure;
    await patience.pause(patience.everySeconds * 1_000);
  }
}

async function failureOf(url: string): Promise<SmokeError | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    const body = await response.text();
    if (response.status !== 200) return new SmokeError(url, `answered ${response.status}`);
    return isJson(body) ? undefined : new SmokeError(url, 'answered something else than JSON');
  } catch (cause) {
    return new SmokeError(url, 'did not answer', { cause });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import { type FunctionDefinition, storeFunctions } from '@lethe/contracts';
import { FunctionTimeoutError } from './functions.errors.js';

/** A function as Lambda invokes it. */
export type LambdaFunction = (event: unknown) => Promise<unknown>;

/**
 * The functions by the names under which they are deployed, as the local server invokes them: each is loaded when it is
 * first invoked, and given up after its time.
 */
export function loadFunctions(
  definitions: readonly FunctionDefinition[] = storeFunctions,
): Readonly<Record<string, LambdaFunction>> {
  return Object.fromEntries(definitions.map((definition) => [definition.name, lazily(definition)]));
}

function lazily({ handler, timeoutSeconds }: FunctionDefinition): LambdaFunction {
  let loaded: Promise<{ readonly handler: LambdaFunction }> | undefined;
  return async (event) => {
    loaded ??= import(`./handlers/${handler}.js`) as Promise<{ readonly handler: LambdaFunction }>;
    const module = await loaded;
    return withinTime(module.handler(event), timeoutSeconds);
  };
}

/** What the function goes on doing after its time is not stopped, which Lambda would: nothing here can. */
async function withinTime(work: Promise<unknown>, seconds: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FunctionTimeoutError(seconds)), seconds * 1_000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

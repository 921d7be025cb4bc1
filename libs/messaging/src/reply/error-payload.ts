import { RpcException } from '@nestjs/microservices';

/** What Nest answers where an error is not meant for the asker. */
const INTERNAL = { status: 'error', message: 'Internal server error' } as const;
/** Characters of an error as JSON. */
const MAX_CHARACTERS = 100_000;

/**
 * An error as the asker may see it: what an `RpcException` or an exception filter says, never a stack, and of any other
 * error nothing (S48).
 */
export function presentableError(error: unknown): unknown {
  const told: unknown = error instanceof RpcException ? error.getError() : error;
  if (typeof told === 'string') return { status: 'error', message: told.slice(0, MAX_CHARACTERS) };
  if (told instanceof Error || typeof told !== 'object' || told === null) return INTERNAL;
  return plainly(told);
}

function plainly(told: object): unknown {
  try {
    const text = JSON.stringify(told, (key, value: unknown) => {
      if (key === 'stack') return undefined;
      return value instanceof Error ? INTERNAL : value;
    });
    return text.length > MAX_CHARACTERS ? INTERNAL : (JSON.parse(text) as unknown);
  } catch {
    // Circular, or with a number that JSON does not know: nothing that could be told.
    return INTERNAL;
  }
}

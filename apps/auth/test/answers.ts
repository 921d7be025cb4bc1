import { type Answer } from './auth-service.js';

/** Headers that differ from answer to answer whatever was asked. */
const OF_EACH_ANSWER: ReadonlySet<string> = new Set(['date', 'x-trace-id', 'x-instance']);

/** All that a caller can see of an answer but the time it took: status, headers and body. */
export function visible({ status, headers, body }: Answer<unknown>): unknown {
  return { status, headers: [...headers].filter(([name]) => !OF_EACH_ANSWER.has(name)), body };
}

import type { Message } from '@lethe/topology';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { type HandlerOutcome, outcomeOf, recordedOutcome } from '../handler-outcome.js';
import { HandlerFailedError } from '../messaging.errors.js';
import type { SqsContext } from './sqs-context.js';

/**
 * Runs every handler of a message to its end, at the same time, and says what that comes to. Nest would chain them
 * (`next`) and fork-join: which stops waiting for the others at the first that fails or ends without a value.
 */
export async function runHandlers(
  handlers: readonly MessageHandler[],
  message: Message,
  context: SqsContext,
): Promise<HandlerOutcome> {
  const [first] = handlers;
  if (first && handlers.length === 1) return runHandler(first, message, context);
  // Each has a context of its own, in which its own outcome is kept.
  const runs = handlers.map((handler, at) => runHandler(handler, message, at === 0 ? context : context.another()));
  return joined(await Promise.all(runs));
}

/**
 * Calls a handler as Nest registered it, and waits for what it returns: the promise, then the observable. Nest's own
 * handleEvent does neither: it connects the stream and never sees an error. Never rejects.
 */
async function runHandler(handler: MessageHandler, message: Message, context: SqsContext): Promise<HandlerOutcome> {
  let result: unknown;
  try {
    result = await handler(message, context);
    if (isObservable(result)) result = await lastValueFrom(result, { defaultValue: undefined });
  } catch (error) {
    const recorded = recordedOutcome(context);
    if (recorded && recorded.kind !== 'done') return recorded;
    return { kind: 'retry', error: new HandlerFailedError(message.type, { cause: error }) };
  }
  // An exception filter that swallows an error does not make the message handled.
  return recordedOutcome(context) ?? outcomeOf(result, false);
}

/**
 * One outcome of several: a failure is tried again before all else, then the longest pause that a handler asked for, then
 * a rejection. A handler that was done is run again where another was not: handlers are idempotent.
 */
export function joined(outcomes: readonly HandlerOutcome[]): HandlerOutcome {
  const retries = outcomes.filter((outcome) => outcome.kind === 'retry');
  const failed = retries.find(({ afterSeconds }) => afterSeconds === undefined);
  const [longest] = retries.toSorted((a, b) => (b.afterSeconds ?? 0) - (a.afterSeconds ?? 0));
  return failed ?? longest ?? outcomes.find(({ kind }) => kind === 'reject') ?? { kind: 'done' };
}

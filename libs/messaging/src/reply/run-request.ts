import { type RequestDefinition, readReply } from '@lethe/topology';
import type { MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom, tap } from 'rxjs';
import { type HandlerOutcome, outcomeOf, recordedOutcome } from '../handler-outcome.js';
import type { MessagingLogger } from '../logger.js';
import type { SqsContext } from '../nest/sqs-context.js';
import type { Answer } from './answer.js';

/**
 * Runs the handler of a request, and sends what it returns: the value, or each of an observable. An error is an answer
 * too, so the request is done: whoever asked decides whether to ask again. `RetryLater` keeps the asker waiting, and so
 * does a handler that was told to stop. Never rejects.
 */
export async function runRequest(
  handler: MessageHandler,
  context: SqsContext,
  { definition, answer, logger }: { definition: RequestDefinition; answer: Answer; logger: MessagingLogger },
): Promise<HandlerOutcome> {
  const { message } = context;
  let stopped: HandlerOutcome | undefined;
  const reply = (value: unknown): void => {
    const outcome = outcomeOf(value, false);
    if (outcome.kind === 'done') answer.next(readReply(definition, value));
    else stopped = outcome;
  };
  try {
    const result: unknown = await handler(message, context);
    if (isObservable(result)) await lastValueFrom(result.pipe(tap(reply)), { defaultValue: undefined });
    else reply(result);
  } catch (error) {
    const original = recordedOutcome(context) ?? outcomeOf(error, true);
    if (isLater(original) || context.signal.aborted)
      return original.kind === 'done' ? { kind: 'retry', error } : original;
    if (original.kind === 'reject') return rejected(original, answer);
    await answer.fail(error);
    const err = original.kind === 'retry' ? original.error : error;
    logger.warn({ err, type: message.type, messageId: message.id }, 'a request failed, as its asker was told');
    return { kind: 'done' };
  }
  if (stopped) return stopped.kind === 'reject' ? rejected(stopped, answer) : stopped;
  await answer.complete();
  return { kind: 'done' };
}

function isLater(outcome: HandlerOutcome): boolean {
  return outcome.kind === 'retry' && outcome.afterSeconds !== undefined;
}

async function rejected(outcome: HandlerOutcome & { kind: 'reject' }, answer: Answer): Promise<HandlerOutcome> {
  await answer.fail({ status: 'error', message: outcome.detail });
  return outcome;
}

import 'reflect-metadata';
import type { HandledBy, MessageOf, ServiceDefinition } from '@lethe/topology';
import { IntrinsicException } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { type Observable, isObservable, lastValueFrom } from 'rxjs';
import { type HandlerOutcome, type Reject, type RetryLater, outcomeOf, recordOutcome } from './handler-outcome.js';
import { UndeclaredMessageError } from './messaging.errors.js';
import { SqsContext } from './sqs-context.js';

/** Marks handlers as this transport's, so that other transports of a hybrid application leave them alone. */
export const SQS_TRANSPORT = Symbol('lethe.sqs');

/** What a handler may give back. Nothing, or anything else: handled. */
export type HandlerResult = void | undefined | RetryLater | Reject;

/** A method that handles messages of one definition. */
export type MessageHandlerMethod<D extends HandledBy<ServiceDefinition>> = (
  message: MessageOf<D>,
  context: SqsContext,
) => Promise<HandlerResult> | Observable<unknown> | HandlerResult;

type HandlerDecorator<D extends HandledBy<ServiceDefinition>> = <M extends MessageHandlerMethod<D>>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** Ends Nest's pipeline as failed, without Nest's own log line: the transport logs the original error. */
class HandlerEnded extends IntrinsicException {
  override readonly name = 'HandlerEnded';
}

type Method = (this: unknown, message: unknown, context: unknown) => unknown;

/** Runs the method, whatever it returns, to its end, and leaves the outcome for the transport. */
async function runToItsEnd(call: () => unknown, context: SqsContext): Promise<void> {
  let outcome: HandlerOutcome;
  try {
    const result = await call();
    outcome = outcomeOf(
      isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result,
      false,
    );
  } catch (error) {
    outcome = outcomeOf(error, true);
  }
  recordOutcome(context, outcome);
  if (outcome.kind !== 'done') throw new HandlerEnded(outcome.kind, { cause: outcome.error });
}

/** The method as Nest calls it: its outcome is kept. Called directly, as in a unit test, it is itself. */
function keepingOutcome(method: Method): Method {
  const handle: Method = function handle(message, context) {
    const call = () => method.call(this, message, context);
    return context instanceof SqsContext ? runToItsEnd(call, context) : call();
  };
  // Guards, interceptors and the like that were declared below this decorator are metadata of the method itself.
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), handle);
  }
  return Object.defineProperty(handle, 'name', { value: method.name });
}

/**
 * Makes a controller's method the handler of a message: `@Handles(ordersService, StockReserved)`. It compiles only if
 * the service declares that it handles the message, and the method takes `MessageOf<typeof StockReserved>` and, if it
 * likes, a {@link SqsContext}. The message is acknowledged when the returned promise or observable has ended; an error
 * is a retry with backoff. Throws an {@link UndeclaredMessageError} where the types were got round.
 */
export function Handles<S extends ServiceDefinition, const D extends HandledBy<S>>(
  service: S,
  definition: D,
): HandlerDecorator<D> {
  if (!service.handles.some(({ type }) => type === definition.type))
    throw new UndeclaredMessageError(service.name, definition.type, 'does not handle');
  return (target, key, descriptor) => {
    Reflect.set(descriptor, 'value', keepingOutcome(descriptor.value as Method));
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    const handler = `${target.constructor.name}.${key}`;
    EventPattern<unknown>(definition.type, SQS_TRANSPORT, { handler })(target, key, descriptor);
  };
}

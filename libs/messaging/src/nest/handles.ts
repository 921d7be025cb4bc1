import 'reflect-metadata';
import {
  type HandledBy,
  type MessageOf,
  type ReplyInputOf,
  type RequestDefinition,
  type ServiceDefinition,
  isRequest,
} from '@lethe/topology';
import { IntrinsicException } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { type Observable, catchError, isObservable, lastValueFrom, tap } from 'rxjs';
import { type HandlerOutcome, type Reject, type RetryLater, outcomeOf, recordOutcome } from '../handler-outcome.js';
import { UndeclaredMessageError } from '../messaging.errors.js';
import { SqsContext } from './sqs-context.js';

/** Marks handlers as this transport's, so that other transports of a hybrid application leave them alone. */
export const SQS_TRANSPORT = Symbol('lethe.sqs');

/** What Nest keeps with a handler that {@link Handles} declared. */
export type HandlerExtras = Readonly<Record<'handler' | 'service', string>>;

/** What a handler may give back. Nothing, or anything else: handled. */
export type HandlerResult = void | undefined | RetryLater | Reject;

type Replied<Reply> = Reply | RetryLater | Reject;

/** What the handler of a definition returns: that of a request its reply, or several as an observable. */
export type HandlerReturn<D extends HandledBy<ServiceDefinition>> = D extends RequestDefinition
  ? Promise<Replied<ReplyInputOf<D>>> | Observable<Replied<ReplyInputOf<D>>> | Replied<ReplyInputOf<D>>
  : Promise<HandlerResult> | Observable<unknown> | HandlerResult;

/** A method that handles messages of one definition. */
export type MessageHandlerMethod<D extends HandledBy<ServiceDefinition>> = (
  message: MessageOf<D>,
  context: SqsContext,
) => HandlerReturn<D>;

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
type Run = (call: () => unknown, context: SqsContext) => Promise<unknown>;

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

/** Runs the method of a request: what it returns goes through Nest to the asker, what it throws to the filters. */
async function runToItsReply(call: () => unknown, context: SqsContext): Promise<unknown> {
  const fail = (error: unknown): never => {
    const outcome = outcomeOf(error, true);
    recordOutcome(context, outcome);
    // Neither RetryLater nor Reject is a fault that Nest should log.
    throw outcomeOf(error, false).kind === 'done' ? error : new HandlerEnded(outcome.kind, { cause: error });
  };
  const orFail = (value: unknown): void => {
    if (outcomeOf(value, false).kind !== 'done') throw value;
  };
  try {
    const result = await call();
    if (isObservable(result)) return result.pipe(tap(orFail), catchError(fail));
    orFail(result);
    return result;
  } catch (error) {
    return fail(error);
  }
}

/** The method as Nest calls it: its outcome is kept. Called directly, as in a unit test, it is itself. */
function keepingOutcome(method: Method, run: Run): Method {
  const handle: Method = function handle(message, context) {
    const call = () => method.call(this, message, context);
    return context instanceof SqsContext ? run(call, context) : call();
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
 * is a retry with backoff. Where the message is a request, what is returned is the reply, or each item of an observable,
 * and an error is told to the asker. Throws an {@link UndeclaredMessageError} where the types were got round.
 */
export function Handles<S extends ServiceDefinition, const D extends HandledBy<S>>(
  service: S,
  definition: D,
): HandlerDecorator<D> {
  if (!service.handles.some(({ type }) => type === definition.type))
    throw new UndeclaredMessageError(service.name, definition.type, 'does not handle');
  return (target, key, descriptor) => {
    const request = isRequest(definition);
    Reflect.set(descriptor, 'value', keepingOutcome(descriptor.value as Method, request ? runToItsReply : runToItsEnd));
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    const extras: HandlerExtras = { handler: `${target.constructor.name}.${key}`, service: service.name };
    const pattern = request
      ? MessagePattern<unknown>(definition.type, SQS_TRANSPORT, extras)
      : EventPattern<unknown>(definition.type, SQS_TRANSPORT, extras);
    pattern(target, key, descriptor);
  };
}

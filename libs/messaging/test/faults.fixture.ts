import type { MessagingClients } from '../src/clients.js';

interface Call {
  readonly input: object;
  /** Goes on to SQS or SNS, and answers what they answer. */
  readonly next: () => Promise<object>;
}

/** Takes the place of one operation of a client: answers an output, or throws. */
type Fault = (call: Call) => Promise<object> | object;
type Send = (command: { readonly input: object }, ...rest: unknown[]) => Promise<object>;

/**
 * Lets an operation, such as `DeleteMessageBatch`, fare as the fault says for its next `times` calls. Answers how to see
 * and end it.
 */
export function injectFault(
  client: MessagingClients['sqs'] | MessagingClients['sns'],
  operation: string,
  fault: Fault,
  times = Infinity,
) {
  const before: unknown = Reflect.get(client, 'send');
  if (typeof before !== 'function') throw new TypeError('the client has no send');
  const next: Send = async (...call) => Reflect.apply(before, client, call);
  let left = times;
  let calls = 0;
  const send: Send = async (command, ...rest) => {
    if (command.constructor.name !== `${operation}Command` || left <= 0) return next(command, ...rest);
    left -= 1;
    calls += 1;
    return fault({ input: command.input, next: () => next(command, ...rest) });
  };
  Reflect.set(client, 'send', send);
  return {
    get calls(): number {
      return calls;
    },
    end: (): void => {
      left = 0;
    },
  };
}

/** An outage of the network. */
export const outage: Fault = () => {
  throw new Error('the network is down');
};

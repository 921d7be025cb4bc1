import type { AwsClients } from '@lethe/aws';

interface Call {
  readonly input: object;
  /** Goes on to SQS or SNS, and answers what they answer. */
  readonly next: () => Promise<object>;
}

/** Takes the place of one operation of a client: answers an output, or throws. */
type Fault = (call: Call) => Promise<object> | object;

interface Stack {
  add(
    middleware: (
      next: (args: { input: object }) => Promise<{ output: object; response: unknown }>,
      context: { readonly commandName?: string },
    ) => (args: { input: object }) => Promise<{ output: object; response: unknown }>,
    options: { readonly step: 'initialize'; readonly priority: 'low'; readonly name: string },
  ): void;
  remove(name: string): boolean;
}

let faults = 0;

/**
 * Lets an operation, such as `DeleteMessageBatch`, fare as the fault says for its next `times` calls, inside the real
 * client. Answers how to see and end it.
 */
export function injectFault(
  client: AwsClients['sqs'] | AwsClients['sns'],
  operation: string,
  fault: Fault,
  times = Infinity,
) {
  faults += 1;
  const name = `fault${faults}`;
  const stack: Stack = client.middlewareStack;
  let calls = 0;
  stack.add(
    (next, context) => async (args) => {
      if (context.commandName !== `${operation}Command` || calls >= times) return next(args);
      calls += 1;
      const call = { input: args.input, next: async () => (await next(args)).output };
      return { output: await fault(call), response: {} };
    },
    { step: 'initialize', priority: 'low', name },
  );
  return {
    get calls(): number {
      return calls;
    },
    end: () => void stack.remove(name),
  };
}

/** An outage of the network. */
export const outage: Fault = () => {
  throw new Error('the network is down');
};

import type { AwsClients } from '@lethe/aws';

type Operation = (input: object) => Promise<object>;
type Fault = (input: object, send: Operation) => Promise<object>;

/** Puts itself between a client and the real service, for one operation such as `PutRecords`, until it is removed. */
export function intercept(client: AwsClients['kinesis' | 'dynamodb'], operation: string, fault: Fault): () => void {
  const name = `fault-${operation}-${Math.random()}`;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== `${operation}Command`) return next(args);
      const send: Operation = async (input) => (await next({ ...args, input: { ...input } })).output;
      const output = await fault(args.input, send);
      return { response: undefined, output: output as Awaited<ReturnType<typeof next>>['output'] };
    },
    { step: 'initialize', name },
  );
  return () => {
    client.middlewareStack.remove(name);
  };
}

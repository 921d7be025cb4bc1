import type { AwsClients } from '@lethe/aws';

type Operation = (input: object) => Promise<object>;
type Fault = (input: object, send: Operation) => Promise<object>;

interface Command {
  readonly input: object;
}
type Send = (command: Command, ...options: unknown[]) => Promise<object>;

function sendOf(client: object): Send {
  const send: unknown = Reflect.get(client, 'send');
  if (typeof send !== 'function') throw new TypeError('this is no client');
  return (...args) => Reflect.apply(send, client, args) as Promise<object>;
}

/**
 * Puts itself between a client and the real service, for one operation such as `PutRecords`, until it is removed. By
 * `send`, so that it serves either transport.
 */
export function intercept(
  client: AwsClients['kinesis' | 'dynamodb' | 'sqs'],
  operation: string,
  fault: Fault,
): () => void {
  const send = sendOf(client);
  let removed = false;
  const faulty: Send = async (command, ...options) => {
    if (removed || command.constructor.name !== `${operation}Command`) return send(command, ...options);
    const Again = command.constructor as new (input: object) => Command;
    return fault(command.input, (input) => send(new Again(input), ...options));
  };
  Object.defineProperty(client, 'send', { value: faulty, configurable: true, writable: true });
  return () => {
    removed = true;
  };
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { HttpHandlerOptions, StaticOperationSchema } from '@smithy/types';
import type { AwsCall } from '../call-counter.js';
import type { BoundedHttpHandler } from '../http-handler.js';
import { type LeanCall, LeanCaller } from './lean-caller.js';
import { OPERATIONS } from './operations.js';
import type { Transport } from './transport.js';

interface AnyCommand {
  readonly input: object;
  readonly schema?: unknown;
  readonly middlewareStack?: { identify(): readonly string[] };
}

/** What `send` is given: a command, perhaps options, perhaps a callback. */
type Arguments = readonly [command: AnyCommand, ...rest: readonly unknown[]];

const isOptions = (value: unknown): value is HttpHandlerOptions => typeof value === 'object' && value !== null;

const isSchema = (schema: unknown): schema is StaticOperationSchema => Array.isArray(schema) && schema.length >= 6;

/**
 * The hot call that a command stands for, whichever copy of the SDK made it. One with a callback, or with middleware of its
 * own, is not hot.
 */
function hotCallOf([{ input, schema, middlewareStack }, options = {}, callback]: Arguments): LeanCall | undefined {
  if (!isSchema(schema) || !isOptions(options) || callback !== undefined) return undefined;
  const { abortSignal: signal, requestTimeout: timeoutMs } = options;
  const operation = OPERATIONS[`${schema[1]}#${schema[2]}`];
  if (!operation || (signal && !(signal instanceof AbortSignal))) return undefined;
  if (middlewareStack && middlewareStack.identify().length > 0) return undefined;
  return { operation, schema, input, signal, timeoutMs };
}

/**
 * Lets a client of the SDK carry out its hot calls without the SDK's middleware. All others, and whatever is unusual
 * about a hot one (a callback, middleware of its own, an endpoint with a path), go the SDK's way.
 */
export function withLeanCalls<Client extends SQSClient | KinesisClient | DynamoDBClient>(
  client: Client,
  handler: BoundedHttpHandler,
  onCall: (call: AwsCall) => void,
): Client {
  const caller = new LeanCaller(client.config, handler);
  const sdkSend = client.send.bind(client);
  const viaSdk = (args: Arguments): unknown => Reflect.apply(sdkSend, undefined, args);

  const viaLean = async (transport: Transport, call: LeanCall): Promise<unknown> => {
    const startedAt = performance.now();
    let attempts = 0;
    let failure = {};
    try {
      return await caller.make(transport, call, () => (attempts += 1));
    } catch (error) {
      failure = { error };
      throw error;
    } finally {
      const about = { service: call.operation.service, operation: call.schema[2] };
      onCall({ ...about, attempts, durationMs: performance.now() - startedAt, ...failure });
    }
  };
  const viaEither = async (call: LeanCall, args: Arguments): Promise<unknown> => {
    const transport = await caller.transportOf(call);
    return transport ? viaLean(transport, call) : viaSdk(args);
  };
  const send = (...args: Arguments): unknown => {
    const call = hotCallOf(args);
    return call ? viaEither(call, args) : viaSdk(args);
  };
  return Object.assign(client, { send });
}

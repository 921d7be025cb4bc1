import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { HttpHandlerOptions, MetadataBearer, StaticOperationSchema } from '@smithy/types';
import type { AwsCall } from '../call-counter.js';
import type { BoundedHttpHandler } from '../http-handler.js';
import { type LeanCall, LeanCaller } from './lean-caller.js';
import { SERVICES } from './operations.js';

/** What `send` is given: a command, perhaps options, perhaps a callback. */
type Arguments = readonly [command: { readonly input: object; readonly schema?: unknown }, ...rest: readonly unknown[]];

const isOptions = (value: unknown): value is HttpHandlerOptions => typeof value === 'object' && value !== null;

const isSchema = (schema: unknown): schema is StaticOperationSchema =>
  Array.isArray(schema) && typeof schema[1] === 'string' && typeof schema[2] === 'string';

/** The hot call that a command stands for, whichever copy of the SDK made it. One with a callback is not hot. */
function hotCallOf([{ input, schema }, options = {}, callback]: Arguments): LeanCall | undefined {
  if (!isSchema(schema) || !isOptions(options) || callback !== undefined) return undefined;
  const { abortSignal: signal, requestTimeout: timeoutMs } = options;
  const service = SERVICES[schema[1]];
  const operation = service?.operations[schema[2]];
  if (!operation || (signal && !(signal instanceof AbortSignal))) return undefined;
  return { service, operation, schema, input, signal, timeoutMs };
}

/**
 * Lets a client of the SDK carry out its hot calls without the SDK's middleware. All others, and whatever is unusual
 * about a hot one (a callback, an endpoint with a path), go the SDK's way.
 */
export function withLeanCalls<Client extends SQSClient | KinesisClient>(
  client: Client,
  handler: BoundedHttpHandler,
  onCall: (call: AwsCall) => void,
): Client {
  const caller = new LeanCaller(client.config, handler);
  const sdkSend = client.send.bind(client);
  const viaSdk = (args: Arguments): unknown => Reflect.apply(sdkSend, undefined, args);

  const viaLean = async (call: LeanCall, args: Arguments): Promise<unknown> => {
    const target = await caller.targetOf(call);
    return target ? report(call, (onAttempt) => caller.make(target, call, onAttempt), onCall) : viaSdk(args);
  };
  const send = (...args: Arguments): unknown => {
    const call = hotCallOf(args);
    return call ? viaLean(call, args) : viaSdk(args);
  };
  return Object.assign(client, { send });
}

async function report(
  { service, schema }: LeanCall,
  make: (onAttempt: () => void) => Promise<MetadataBearer>,
  onCall: (call: AwsCall) => void,
): Promise<MetadataBearer> {
  const startedAt = performance.now();
  const about = { service: service.signingName, operation: schema[2] };
  let attempts = 0;
  const ended = () => ({ ...about, attempts, durationMs: performance.now() - startedAt });
  try {
    const output = await make(() => (attempts += 1));
    onCall(ended());
    return output;
  } catch (error) {
    onCall({ ...ended(), error });
    throw error;
  }
}

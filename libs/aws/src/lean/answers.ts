import type { KinesisClientResolvedConfig } from '@aws-sdk/client-kinesis';
import type { SQSClientResolvedConfig } from '@aws-sdk/client-sqs';
import { HttpResponse } from '@smithy/core/transport';
import type { $OperationSchema, MetadataBearer, SerdeFunctions, StaticOperationSchema } from '@smithy/types';
import { type Shape, readOutput } from './json.js';
import type { Answer } from './transport.js';

/** What the SDK made of options, environment and configuration files. */
export type Config = SQSClientResolvedConfig | KinesisClientResolvedConfig;

/** The one thing wanted of the SDK's protocols, whose types differ by their generation. */
interface Protocol {
  deserializeResponse(
    schema: $OperationSchema,
    context: SerdeFunctions,
    response: HttpResponse,
  ): Promise<MetadataBearer>;
}

function metadataOf({ statusCode, headers }: Answer): MetadataBearer['$metadata'] {
  const requestId = headers['x-amzn-requestid'] ?? headers['x-amzn-request-id'] ?? headers['x-amz-request-id'];
  return { httpStatusCode: statusCode, ...(requestId !== undefined && { requestId: requestId.toString() }) };
}

/** The SDK's own view of an answer. It gets a copy of the body, since it changes what it is given. */
function responseOf({ statusCode, headers, body }: Answer): HttpResponse {
  const named = Object.entries(headers).map(([name, value = '']) => [name, value.toString()]);
  return new HttpResponse({ statusCode, headers: Object.fromEntries(named), body: Uint8Array.from(body) });
}

/**
 * The output of an operation, or its error. An answer that is no success goes to the SDK's own protocol, so that its
 * error is of the SDK's class, codes of the query protocol included; by `$response` the retry policy knows the rest.
 */
export async function readAnswer(
  config: Config,
  shape: Shape,
  schema: StaticOperationSchema,
  answer: Answer,
): Promise<MetadataBearer> {
  const $metadata = metadataOf(answer);
  try {
    if (answer.statusCode < 300) return { ...readOutput(shape, answer.body.toString()), $metadata };
    const protocol: Protocol | undefined = config.protocol;
    if (!protocol) throw new Error('the SDK client has no protocol');
    const [, namespace, name, traits, input, output] = schema;
    return await protocol.deserializeResponse({ namespace, name, traits, input, output }, config, responseOf(answer));
  } catch (error) {
    if (error instanceof Error) {
      Object.defineProperty(error, '$response', { value: responseOf(answer), configurable: true });
      if (!('$metadata' in error)) Object.assign(error, { $metadata });
    }
    throw error;
  }
}

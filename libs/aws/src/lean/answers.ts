import type { DynamoDBClientResolvedConfig } from '@aws-sdk/client-dynamodb';
import type { KinesisClientResolvedConfig } from '@aws-sdk/client-kinesis';
import type { SQSClientResolvedConfig } from '@aws-sdk/client-sqs';
import { HttpResponse } from '@smithy/core/transport';
import type { $OperationSchema, MetadataBearer, SerdeFunctions, StaticOperationSchema } from '@smithy/types';
import { readOutput } from './json.js';
import type { Answer } from './transport.js';

/** What the SDK made of options, environment and configuration files. */
export type Config = SQSClientResolvedConfig | KinesisClientResolvedConfig | DynamoDBClientResolvedConfig;

/** All that is wanted of the SDK's protocols, whose types differ by generation. */
interface Protocol {
  deserializeResponse(
    schema: $OperationSchema,
    context: SerdeFunctions,
    response: HttpResponse,
  ): Promise<MetadataBearer>;
}

const METADATA = [
  ['x-amz-request-id', 'requestId'],
  ['x-amzn-request-id', 'requestId'],
  ['x-amzn-requestid', 'requestId'],
  ['x-amz-id-2', 'extendedRequestId'],
  ['x-amz-cf-id', 'cfId'],
] as const;

/**
 * The output of an operation, or its error. An answer that is no success goes to the SDK's own protocol, so that its
 * error is of the SDK's class, codes of the query protocol included; by `$response` the retry policy knows the rest.
 */
export async function readAnswer(
  config: Config,
  schema: StaticOperationSchema,
  answer: Answer,
): Promise<MetadataBearer> {
  const { statusCode, body } = answer;
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value = '']) => [name, value.toString()]),
  );
  const $metadata = { httpStatusCode: statusCode };
  for (const [name, field] of METADATA)
    if (headers[name] !== undefined) Object.assign($metadata, { [field]: headers[name] });
  try {
    if (statusCode < 300) return { ...readOutput(body.toString()), $metadata };
    const protocol: Protocol | undefined = config.protocol;
    if (!protocol) throw new Error('the SDK client has no protocol');
    const [, namespace, name, traits, input, output] = schema;
    // A copy of the body, since the SDK changes what it is given.
    const response = new HttpResponse({ statusCode, headers: { ...headers }, body: Uint8Array.from(body) });
    return await protocol.deserializeResponse({ namespace, name, traits, input, output }, config, response);
  } catch (error) {
    if (error instanceof Error) {
      const value = new HttpResponse({ statusCode, headers, body });
      Object.defineProperty(error, '$response', { value, enumerable: false });
      if (!('$metadata' in error)) Object.assign(error, { $metadata });
    }
    throw error;
  }
}

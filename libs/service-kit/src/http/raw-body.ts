import { RouteConfig } from '@nestjs/platform-fastify';

interface RawBodyConfig {
  readonly rawBodyBytes?: number;
}

/**
 * The handler's `request.body` is the JSON of the request as it came, unparsed: a `Buffer` of at most so many bytes, more
 * get 413. For webhooks, whose signature is over the bytes.
 */
export const RawBody = (bytes: number) => RouteConfig({ rawBodyBytes: bytes } satisfies RawBodyConfig);

/** The most bytes that the route takes unparsed; undefined where it takes them parsed. */
export function rawBytesOf(config: unknown): number | undefined {
  return (config as RawBodyConfig | undefined)?.rawBodyBytes;
}

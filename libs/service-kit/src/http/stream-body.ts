import { ProblemError } from '@lethe/kernel';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest } from 'fastify';

interface StreamConfig {
  readonly streamTypes?: readonly string[];
}

/**
 * The handler's `request.body` is the unread `Readable` of the request, of any length, for the given content types;
 * any other type gets 415.
 */
export const StreamBody = (...types: readonly [string, ...string[]]) =>
  RouteConfig({ streamTypes: types } satisfies StreamConfig);

/** Makes {@link StreamBody} work; call before routes are added. */
export function passStreams(instance: FastifyInstance): void {
  instance.addHook('onRoute', ({ config }) => {
    for (const type of typesOf(config)) {
      if (instance.hasContentTypeParser(type)) continue;
      instance.addContentTypeParser(type, (request, payload, done) => {
        if (typesOf(request.routeOptions.config).includes(type)) done(null, payload);
        else done(new ProblemError(415, 'unsupported-media-type'));
      });
    }
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    const types = typesOf(request.routeOptions.config);
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (types.length === 0 || types.includes(type)) done();
    else done(new ProblemError(415, 'unsupported-media-type', { detail: `send ${types.join(' or ')}` }));
  });
}

/** Whether the route takes its body as a stream. */
export function isStreamed(request: FastifyRequest): boolean {
  return typesOf(request.routeOptions.config).length > 0;
}

function typesOf(config: unknown): readonly string[] {
  return (config as StreamConfig | undefined)?.streamTypes ?? [];
}

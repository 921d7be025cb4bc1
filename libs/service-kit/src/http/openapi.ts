import { type Access, accessOf } from '@lethe/identity';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { serveOpenApiPages } from './openapi-pages.js';

const SERVICE_TOKEN = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'A token of the calling service itself.',
} as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * Serves OpenAPI 3.1 at `/<name>/openapi.json` and its pages at `/<name>/docs`. The document is built when first asked
 * for, from the schemas that also validate. Call before the application is initialised.
 */
export function serveOpenApi(app: NestFastifyApplication, name: string): void {
  SwaggerModule.setup(`${name}/docs`, app, () => describeApi(app, name), {
    jsonDocumentUrl: `${name}/openapi.json`,
    raw: ['json'],
    ui: false,
  });
  serveOpenApiPages(app.getHttpAdapter().getInstance(), name);
}

/** The OpenAPI document of the application's controllers. */
export function describeApi(app: NestFastifyApplication, name: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Lethe ${name}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addBearerAuth(SERVICE_TOKEN, 'service')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    autoTagControllers: false,
    operationIdFactory: (controller, method) => `${controller}.${method}`,
    standardSchemaConverter: (schema, { schemaType }) => convertSchema(schema, schemaType),
  });
  describeAccess(document, accessByOperation(app));
  return document;
}

/** A zod schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1; schemas with an id become components. */
function convertSchema(schema: unknown, io: 'input' | 'output') {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override });
  return { schema: rest, components: $defs ?? {} };
}

/** A component is the same whether sent or received, and readers must tolerate members they do not know. */
function override({
  jsonSchema,
  zodSchema,
}: {
  jsonSchema: z.core.JSONSchema.BaseSchema;
  zodSchema: z.core.$ZodTypes;
}) {
  if (zodSchema._zod.def.type === 'object' && zodSchema._zod.def.catchall === undefined) {
    delete jsonSchema.additionalProperties;
  }
}

function accessByOperation(app: NestFastifyApplication): ReadonlyMap<string, Access> {
  const scanner = new MetadataScanner();
  const found = new Map<string, Access>();
  for (const { metatype } of app.get(DiscoveryService, { strict: false }).getControllers()) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, object>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method];
      if (handler) found.set(`${metatype.name}.${method}`, accessOf(handler, metatype));
    }
  }
  return found;
}

const problem = (description: string) => ({ description, content: { 'application/problem+json': {} } });

function describeAccess(document: OpenAPIObject, accesses: ReadonlyMap<string, Access>): void {
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      const access = accesses.get(operation.operationId ?? '');
      if (!access) continue;
      operation.security =
        access.kind === 'public' ? [] : [{ [access.kind === 'services' ? 'service' : 'bearer']: [] }];
      if (access.kind !== 'public') operation.responses['401'] ??= problem('No token, or one that is not accepted.');
      if (access.kind === 'roles') {
        operation.responses['403'] ??= problem(`Needs one of the roles: ${access.roles.join(', ')}.`);
      }
      if (access.kind === 'services') {
        operation.responses['403'] ??= problem(`Only for the services: ${access.services.join(', ')}.`);
      }
      operation.responses['default'] ??= problem('Any other problem (RFC 9457).');
    }
  }
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type FastifyInstance, type FastifyReply } from 'fastify';

/** What the pages are made of, as the package `swagger-ui-dist` has it. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/**
 * Serves the pages of an API's documentation at `/<name>/docs`, of the document at `/<name>/openapi.json`. Files are looked
 * for when they are first asked for: a server for static files, which would list them all, costs every start.
 */
export function serveOpenApiPages(fastify: FastifyInstance, name: string): void {
  const at = `/${name}/docs`;
  const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Lethe: ${name}</title>
<link rel="stylesheet" href="${at}/swagger-ui.css">
<link rel="icon" href="${at}/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${at}/swagger-ui-bundle.js"></script>
<script src="${at}/start.js"></script>
</body>
</html>
`;
  const start = `SwaggerUIBundle({ url: '/${name}/openapi.json', dom_id: '#swagger-ui', deepLinking: true });\n`;
  const served = (type: string, text: string) => (_request: unknown, reply: FastifyReply) =>
    reply.type(type).send(text);
  fastify.get(at, served('text/html; charset=utf-8', page));
  fastify.get(`${at}/`, served('text/html; charset=utf-8', page));
  fastify.get(`${at}/start.js`, served('text/javascript; charset=utf-8', start));
  for (const [file, type] of Object.entries(FILES)) {
    fastify.get(`${at}/${file}`, async (_request, reply) => reply.type(type).send(await readFile(pathOf(file))));
  }
}

/** Beside the bundle in a container, in the workspace's packages elsewhere. */
function pathOf(file: string): string {
  return join(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'), '..', file);
}

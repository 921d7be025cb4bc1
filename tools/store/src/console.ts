import { createReadStream, existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { root } from './services.js';

const PAGES = join(root, 'apps', 'web', 'public');
const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/console.js': 'console.js',
  '/sign-in.js': 'sign-in.js',
  '/console.css': 'console.css',
};
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
/** Nothing but the page's own files and the store's own answers. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * Serves the console page and its status, for paths that belong to no service.
 * Returns whether the path was one of them.
 */
export async function serveConsole(
  request: IncomingMessage,
  response: ServerResponse,
  status: () => Promise<unknown>,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? '/', 'http://console');
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (pathname === '/console/status') {
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(JSON.stringify(await status()));
    return true;
  }
  const file = FILES[pathname];
  const path = file === undefined ? undefined : join(PAGES, file);
  if (path === undefined || !existsSync(path)) return false;
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  await pipeline(createReadStream(path), response);
  return true;
}

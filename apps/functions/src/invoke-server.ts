import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type LambdaFunction } from './functions.js';

const PATH = /^\/2015-03-31\/functions\/([\w-]+)\/invocations$/;
/** What Lambda takes ("Lambda quotas": payload of a synchronous invocation). */
const MAX_BYTES = 6 * 1024 * 1024;

/**
 * The Invoke API of Lambda over the functions, for machines without a Lambda: the same handlers, so that event
 * source mappings, workflows and an emulator of Cognito find them.
 */
export function createInvokeServer(functions: Readonly<Record<string, LambdaFunction>>): Server {
  return createServer((request, response) => {
    answer(functions, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
}

async function answer(
  functions: Readonly<Record<string, LambdaFunction>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'GET' && request.url === '/health/ready') {
    response.end('{"status":"ready"}');
    return;
  }
  const name = PATH.exec(request.url ?? '')?.[1] ?? '';
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (request.method !== 'POST' || run === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"Message":"Function not found"}');
    return;
  }
  const event = await textOf(request);
  if (event === undefined) {
    response.writeHead(413, { 'content-type': 'application/json', connection: 'close' });
    response.end('{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}');
    return;
  }
  const [status, headers, body] = await invoke(run, event);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

type Invoked = readonly [status: number, headers: Readonly<Record<string, string>>, body: string];

/** A function that throws is answered with 200 too, as Lambda does it. */
async function invoke(run: LambdaFunction, event: string): Promise<Invoked> {
  try {
    return [200, {}, JSON.stringify((await run(JSON.parse(event))) ?? null)];
  } catch (error) {
    const { name, message } = error as Error;
    return [200, { 'x-amz-function-error': 'Unhandled' }, JSON.stringify({ errorType: name, errorMessage: message })];
  }
}

/** Undefined where it is more than Lambda takes; the rest is not read then. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Listens, and gives the port. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

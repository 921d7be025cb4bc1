import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type Body, type SfnApi } from './sfn-api.js';
import { SfnError } from './step-functions.errors.js';

const TARGET = /^AWSStepFunctions\.(\w+)$/;
/** Above the largest definition, of 1 MiB. */
const MAX_BYTES = 2 * 1_048_576;

/** Serves the API by the protocol of the real one: JSON 1.0, the operation in `x-amz-target`. */
export function createSfnServer(api: SfnApi): Server {
  return createServer((request, response) => {
    answer(api, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
}

async function answer(api: SfnApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [status, body] = await respond(api, request);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

async function respond(api: SfnApi, request: IncomingMessage): Promise<readonly [number, object]> {
  try {
    const name = TARGET.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
    const body = parse(await textOf(request));
    const operation = Object.hasOwn(api.operations, name) ? api.operations[name] : undefined;
    if (operation === undefined) throw new SfnError('UnknownOperationException', name);
    return [200, await operation(body)];
  } catch (error) {
    if (error instanceof SfnError) return [400, { __type: error.code, message: error.message }];
    console.error(error);
    return [500, { __type: 'InternalServerError', message: 'see the log' }];
  }
}

function parse(text: string): Body {
  try {
    return Object(JSON.parse(text === '' ? '{}' : text)) as Body;
  } catch (error) {
    throw new SfnError('SerializationException', String(error));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BYTES) throw new SfnError('ValidationException', `more than ${MAX_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

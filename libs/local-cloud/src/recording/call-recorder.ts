import { once } from 'node:events';
import {
  Agent,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallBook } from './call-book.js';
import type { RecordedCall, RecordingFacts } from './recorded-call.js';

/** Of a body that tells what a request is; what S3 takes is larger, and its key stands in the path. */
const READ_BYTES = 16 * 1024 * 1024;
/** What tells URLs of queues. */
const QUEUE_URLS = /^AmazonSQS\.(CreateQueue|GetQueueUrl|ListQueues)$/;
/** Longer than any client keeps an idle connection. Milliseconds. */
const IDLE_MS = 90_000;

/** Stands before the embedded servers of AWS and writes down who asks for what. */
export interface CallRecorder {
  /** The variables of the AWS SDK with every endpoint replaced by one that is observed. */
  observed(env: Readonly<Record<string, string>>): Promise<Record<string, string>>;
  /** See {@link CallBook.calls}. */
  calls(): readonly RecordedCall[];
  stop(): Promise<void>;
}

/** Starts a recorder, which listens on 127.0.0.1. */
export function startCallRecorder(facts: RecordingFacts): CallRecorder {
  const book = new CallBook(facts);
  const fronts = new Map<string, Front>();
  const frontOf = async (url: string): Promise<string> => {
    const front = fronts.get(url) ?? (await Front.open(url, book));
    fronts.set(url, front);
    return front.url;
  };
  return {
    observed: async (env) => {
      const seen: Record<string, string> = { ...env };
      for (const [name, url] of Object.entries(env))
        if (name.startsWith('AWS_ENDPOINT_URL')) seen[name] = await frontOf(url);
      return seen;
    },
    calls: () => book.calls(),
    stop: async () => {
      await Promise.all([...fronts.values()].map((front) => front.close()));
    },
  };
}

/** One embedded server, and the address that is observed. */
class Front {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;

  private constructor(
    private readonly target: URL,
    private readonly book: CallBook,
  ) {
    this.#server = createServer({ keepAliveTimeout: IDLE_MS }, (request, response) => this.#pass(request, response));
  }

  static async open(target: string, book: CallBook): Promise<Front> {
    const front = new Front(new URL(target), book);
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    this.#agent.destroy();
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const { hostname, port } = this.target;
    const upstream = send({ hostname, port, method, path: url, headers, agent: this.#agent });
    const body = bodyOf(request);
    // What breaks off on one side breaks off on the other, as without anybody in between.
    upstream.once('error', () => response.destroy());
    response.once('close', () => upstream.destroy());
    upstream.once('response', (answer) => {
      const status = answer.statusCode ?? 0;
      this.book.add({ method, url, headers: single(headers), body: Buffer.concat(body), status });
      answer.once('error', () => response.destroy());
      if (QUEUE_URLS.test(String(headers['x-amz-target']))) this.#passQueueUrl(answer, response);
      else answer.pipe(response.writeHead(status, answer.rawHeaders));
    });
    request.pipe(upstream);
  }

  /** The SDK by itself sends what is for a queue to the host in its URL, past whoever told the URL. */
  #passQueueUrl(answer: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.once('end', () => {
      const body = Buffer.concat(chunks).toString('utf8').replaceAll(this.target.origin, this.url);
      const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 0, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    });
  }
}

/** Keeps the beginning of a body as it passes by. */
function bodyOf(request: IncomingMessage): Buffer[] {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= READ_BYTES) chunks.push(chunk);
  });
  return chunks;
}

function single(headers: IncomingMessage['headers']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));
}

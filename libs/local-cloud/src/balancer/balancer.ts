import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { problemOfStatus } from '@lethe/kernel';
import { answerProblem, proxy } from './proxy.js';
import { pathOf, serviceFor, type Route } from './routes.js';
import { TargetGroup } from './target-group.js';
import { Target, type TargetAddress, type TargetStatus } from './target.js';

/** How a balancer is started; times in ms. */
export interface BalancerOptions {
  /** Port on 127.0.0.1; 0 for any. */
  readonly port: number;
  readonly routes: readonly Route[];
  /** Answers paths that no route claims; without it they get 404. */
  readonly fallback?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Between two health checks of a target. */
  readonly healthIntervalMs?: number;
  readonly healthTimeoutMs?: number;
  /** How long a request waits for a healthy target before it gets 503. */
  readonly patienceMs?: number;
  readonly idleTimeoutMs?: number;
  /** How long `deregister` waits for requests in flight. */
  readonly drainMs?: number;
}

/** A running balancer. */
export interface Balancer {
  readonly port: number;
  readonly url: string;
  /** Adds a replica; settles after its first health check, whatever that said. */
  register(target: TargetAddress): Promise<void>;
  /** Sends it nothing new at once; settles when its requests in flight have ended, or after `drainMs`. */
  deregister(id: string): Promise<void>;
  status(): TargetStatus[];
  /** Takes no new connection, lets requests in flight end (up to `drainMs`), then closes. */
  stop(): Promise<void>;
}

const DEFAULTS = {
  healthIntervalMs: 500,
  healthTimeoutMs: 2_000,
  patienceMs: 2_000,
  // Default of an ALB: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
  idleTimeoutMs: 60_000,
  drainMs: 30_000,
};

/**
 * Starts an HTTP load balancer that stands for an ALB: routes by path prefix, takes replicas in turn without affinity,
 * checks their `/health/ready`, and streams.
 *
 * @throws Error with code EADDRINUSE where the port is taken.
 */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const balancer = new LoadBalancer({ ...DEFAULTS, ...options });
  await balancer.listen();
  return balancer;
}

class LoadBalancer implements Balancer {
  readonly #groups: ReadonlyMap<string, TargetGroup>;
  readonly #server: Server;
  readonly #checks = new Map<Target, NodeJS.Timeout>();

  constructor(private readonly options: BalancerOptions & typeof DEFAULTS) {
    this.#groups = new Map(options.routes.map(({ service }) => [service, new TargetGroup()]));
    this.#server = createServer({ maxHeaderSize: 65_536, keepAliveTimeout: options.idleTimeoutMs, requestTimeout: 0 });
    this.#server.timeout = options.idleTimeoutMs + 5_000;
    this.#server.on('request', (request, response) => this.#handle(request, response));
    this.#server.on('clientError', refuse);
  }

  async listen(): Promise<void> {
    const listening = once(this.#server, 'listening');
    this.#server.listen({ port: this.options.port, host: '127.0.0.1' });
    await listening;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async register(address: TargetAddress): Promise<void> {
    const group = this.#groups.get(address.service);
    if (group === undefined) throw new Error(`no route leads to service ${address.service}`);
    const target = new Target(address);
    group.add(target);
    await this.#check(target, group);
  }

  async deregister(id: string): Promise<void> {
    for (const group of this.#groups.values()) {
      const target = group.targets.find((candidate) => candidate.address.id === id);
      if (target === undefined) continue;
      await target.drain(this.options.drainMs);
      clearTimeout(this.#checks.get(target));
      this.#checks.delete(target);
      group.remove(target);
    }
  }

  status(): TargetStatus[] {
    return [...this.#groups.values()].flatMap((group) => group.targets.map((target) => target.status()));
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    // Again and again: a connection whose answer was sent early is idle only when the rest of its body has been read.
    const sweep = setInterval(() => this.#server.closeIdleConnections(), 50);
    const timer = setTimeout(() => this.#server.closeAllConnections(), this.options.drainMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(timer);
    await Promise.all(this.status().map(({ id }) => this.deregister(id)));
  }

  async #check(target: Target, group: TargetGroup): Promise<void> {
    await target.check(this.options.healthTimeoutMs);
    if (target.health === 'draining') return;
    group.notify();
    const again = setTimeout(() => void this.#check(target, group), this.options.healthIntervalMs);
    this.#checks.set(target, again.unref());
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url ?? '');
    const service = path === undefined ? undefined : serviceFor(this.options.routes, path);
    const group = service === undefined ? undefined : this.#groups.get(service);
    if (group !== undefined) {
      proxy(request, response, group, this.options).catch((error: unknown) => {
        answerProblem(response, problemOfStatus(502, String(error)));
      });
    } else if (this.options.fallback !== undefined) {
      this.options.fallback(request, response);
    } else {
      answerProblem(response, problemOfStatus(404, 'No service answers this path.'));
    }
  }
}

/** Answers what is not HTTP, or has fields above the limit, in the form of all other faults. */
function refuse(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const timeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const [status, reason] = tooLarge
    ? [431, 'Request Header Fields Too Large']
    : timeout
      ? [408, 'Request Timeout']
      : [400, 'Bad Request'];
  const body = JSON.stringify({ ...problemOfStatus(status).toDetails(), title: reason });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

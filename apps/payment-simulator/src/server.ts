import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Calls } from './api/calls.js';
import { type Control, Faults, controlSchema } from './api/faults.js';
import { read } from './api/parameters.js';
import { addRoutes } from './api/routes.js';
import { addThreeDSecure } from './api/three-d-secure.js';
import type { EventType } from './ledger/change.js';
import { Ledger } from './ledger/ledger.js';
import { API_VERSION } from './ledger/views.js';
import { PaymentError } from './payment-simulator.errors.js';
import { type WebhookOptions, Webhooks } from './webhooks/webhooks.js';

export interface SimulatorOptions {
  readonly dataDir: string;
  readonly maxPayments: number;
  /** What `/control` starts from. */
  readonly faults?: Control;
  /** The keys that are good; empty: any that looks like a secret test key. */
  readonly apiKeys?: readonly string[];
  /** Where browsers reach this process. Default: the address that it listens on. */
  readonly publicUrl?: string;
  readonly webhooks?: Partial<Omit<WebhookOptions, 'publicUrl'>>;
}

/** The provider's HTTP API over its books. Closing it waits for the writes under way. */
export async function buildSimulator(options: SimulatorOptions): Promise<FastifyInstance> {
  const ledger = await Ledger.open(options.dataDir, options.maxPayments);
  const faults = new Faults(options.faults);
  const app = Fastify({ bodyLimit: 65_536, forceCloseConnections: true, requestTimeout: 30_000 });
  const publicUrl = () => options.publicUrl ?? app.listeningOrigin;
  const calls = new Calls(ledger, faults, publicUrl);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => {
    const error = new PaymentError(
      404,
      'invalid_request_error',
      undefined,
      `Unrecognized request URL (${request.url})`,
    );
    return answerError(error, request, reply);
  });
  app.addHook('onRequest', async (request) => expectKey(request, options.apiKeys ?? []));
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('stripe-version', API_VERSION);
  });
  const { secrets = [], enabled = new Set<EventType>(), retryMs = 500 } = options.webhooks ?? {};
  const webhooks = new Webhooks(ledger, faults, { secrets, enabled, retryMs, publicUrl });
  app.addHook('onClose', () => webhooks.close());
  app.addHook('onClose', () => ledger.close());

  addRoutes(app, calls);
  addThreeDSecure(app, calls);
  app.get('/control', () => faults.current);
  app.post('/control', (request) => {
    faults.set(read(controlSchema, request.body));
    return faults.current;
  });
  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', () => ({ status: 'ok' }));
  return app;
}

/** Stripe's own keys begin like this; a live one has no business here. */
const TEST_KEY = /^(sk|rk)_test_\w{1,200}$/;

function expectKey(request: FastifyRequest, keys: readonly string[]): void {
  if (!request.url.startsWith('/v1/')) return;
  const key = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (keys.length > 0 ? keys.includes(key) : TEST_KEY.test(key)) return;
  throw new PaymentError(401, 'invalid_request_error', undefined, 'Invalid API Key provided.');
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.header('request-id', `req_${request.id}`);
  if (error instanceof PaymentError) {
    const { status, type, code, message, details } = error;
    const { param, declineCode: decline_code } = details;
    return reply.code(status).send({ error: { type, code, message, param, decline_code } });
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const message = error instanceof Error && status < 500 ? error.message : 'internal error';
  return reply.code(status).send({ error: { type: 'api_error', message } });
}

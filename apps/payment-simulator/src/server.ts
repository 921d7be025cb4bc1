import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { chargeRequestSchema } from './charge.js';
import { Faults, controlSchema } from './faults.js';
import { Ledger } from './ledger.js';
import { PaymentError } from './payment-simulator.errors.js';

export interface SimulatorOptions {
  readonly dataDir: string;
  readonly latencyMs: number;
  readonly failureRate: number;
  readonly maxCharges: number;
}

const headersSchema = z.object({ 'idempotency-key': z.string().min(1).max(255) });
const querySchema = z.strictObject({
  reference: z.string().min(1).max(100).optional(),
  after: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
const idSchema = z.object({ id: z.string().max(100) });

/** Reads outside input. Throws a {@link PaymentError} 400 that names the first fault. */
function read<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new PaymentError(400, 'invalid_request_error', 'parameter_invalid', z.prettifyError(parsed.error));
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof PaymentError) {
    const { status, type, code, message } = error;
    return reply.code(status).send({ error: { type, code, message } });
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const message = error instanceof Error && status < 500 ? error.message : 'internal error';
  return reply.code(status).send({ error: { type: 'api_error', code: 'api_error', message } });
}

/** Carries out a write after the latency, and lets it fail as the faults say. */
async function faulty<T>(faults: Faults, request: FastifyRequest, reply: FastifyReply, work: () => Promise<T>) {
  const { latencyMs } = faults.current;
  if (latencyMs > 0) await sleep(latencyMs);
  const fault = faults.next();
  if (fault === 'before') return reply.code(500).send({ error: { type: 'api_error', code: 'api_error' } });
  const result = await work();
  if (fault === undefined) return result;
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

/** The provider's HTTP API over its books. Closing it waits for the writes under way. */
export async function buildSimulator(options: SimulatorOptions): Promise<FastifyInstance> {
  const ledger = await Ledger.open(options.dataDir, options.maxCharges);
  const faults = new Faults({ latencyMs: options.latencyMs, failureRate: options.failureRate });
  const app = Fastify({ bodyLimit: 16_384, forceCloseConnections: 'idle', requestTimeout: 30_000 });
  app.setErrorHandler(answerError);
  app.addHook('onClose', () => ledger.close());

  app.post('/v1/charges', (request, reply) => {
    const { 'idempotency-key': key } = read(headersSchema, request.headers);
    const body = read(chargeRequestSchema, request.body);
    return faulty(faults, request, reply, () => ledger.charge(key, body));
  });
  app.post('/v1/charges/:id/refund', (request, reply) => {
    const { id } = read(idSchema, request.params);
    return faulty(faults, request, reply, () => ledger.refund(id));
  });
  app.get('/v1/charges', (request) => ({ data: ledger.find(read(querySchema, request.query)) }));
  app.get('/control', () => faults.current);
  app.post('/control', (request) => {
    faults.set(read(controlSchema, request.body));
    return faults.current;
  });
  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', () => ({ status: 'ok' }));
  return app;
}

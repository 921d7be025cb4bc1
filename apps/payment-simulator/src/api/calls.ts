import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ledger } from '../ledger/ledger.js';
import type { Change } from '../ledger/change.js';
import type { Circumstances, Decision } from '../ledger/transitions.js';
import { type Json, type ViewOptions, cardError, paymentView, refundView } from '../ledger/views.js';
import { PaymentError } from '../payment-simulator.errors.js';
import type { Fault, Faults } from './faults.js';
import { type Form, parseForm } from './form.js';

/** Requests that are left without an answer at once; beyond it their connection is dropped. */
const MAX_STALLED = 1_000;
const STALL_MS = 60_000;

/** Carries out the API's calls on the books, with the faults of the day. */
export class Calls {
  private stalled = 0;

  constructor(
    readonly ledger: Ledger,
    readonly faults: Faults,
    private readonly publicUrl: () => string,
  ) {}

  /** A call that changes something. `decide` gets the form of the body. */
  async write(
    request: FastifyRequest,
    reply: FastifyReply,
    decide: (form: Form, circumstances: Circumstances) => Decision,
  ): Promise<FastifyReply> {
    const form = bodyOf(request);
    const fault = this.faults.next();
    const { change, replayed } = await this.ledger.answer(identityOf(request, form), {
      before: () => this.before(fault),
      decide: () => (fault === 'kept' ? keptFailure() : decide(form, this.circumstances())),
    });
    if (fault === 'after') return drop(request, reply);
    if (fault === 'stall') return this.stall(request, reply);
    if (replayed) void reply.header('idempotent-replayed', 'true');
    if (change.answer.status >= 500) void reply.header('stripe-should-retry', 'false');
    return reply.code(change.answer.status).send(this.bodyOf(change, this.view(form)));
  }

  /** A call that only asks. `show` gets the form of the query. */
  async read(request: FastifyRequest, show: (form: Form, view: ViewOptions) => Json): Promise<Json> {
    await this.before(undefined);
    const query = request.url.indexOf('?');
    const form = query < 0 ? {} : parseForm(request.url.slice(query + 1));
    const shown = show(form, this.view(form));
    await this.ledger.settled();
    return shown;
  }

  circumstances(): Circumstances {
    const { settleMs } = this.faults.current;
    return { now: Date.now(), decline: this.faults.hits('declineRate'), settleMs };
  }

  private view({ expand }: Form): ViewOptions {
    const names: readonly unknown[] = Array.isArray(expand) ? expand : [];
    const expandCharge = names.includes('latest_charge') || names.includes('data.latest_charge');
    return { publicUrl: this.publicUrl(), expandCharge };
  }

  private bodyOf({ answer, payment, refund }: Change, view: ViewOptions): Json {
    if (answer.error?.type === 'card_error') {
      const { code = 'card_declined', declineCode, message } = answer.error;
      const error = cardError({ code, message, ...(declineCode === undefined ? {} : { declineCode }) });
      return { error: { ...error, ...(payment ? { payment_intent: paymentView(payment, view) } : {}) } };
    }
    if (answer.error || !payment) return { error: { ...answer.error } };
    const given = payment.refunds.find(({ id }) => id === refund);
    return given ? refundView(payment, given) : paymentView(payment, view);
  }

  private async before(fault: Fault | undefined): Promise<void> {
    const { latencyMs, unavailable } = this.faults.current;
    if (latencyMs > 0) await sleep(latencyMs);
    if (unavailable) throw new PaymentError(503, 'api_error', undefined, 'The API is not available.');
    if (fault === 'before') throw new PaymentError(500, 'api_error', undefined, 'An unexpected error occurred.');
  }

  private stall(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (this.stalled >= MAX_STALLED) return drop(request, reply);
    this.stalled += 1;
    const timer = setTimeout(() => request.raw.socket.destroy(), STALL_MS).unref();
    request.raw.socket.once('close', () => {
      clearTimeout(timer);
      this.stalled -= 1;
    });
    return reply.hijack();
  }
}

function drop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.raw.socket.destroy();
  return reply.hijack();
}

function keptFailure(): PaymentError {
  return new PaymentError(500, 'api_error', undefined, 'An unexpected error occurred.');
}

function bodyOf({ body }: FastifyRequest): Form {
  return typeof body === 'string' ? parseForm(body) : {};
}

function identityOf(request: FastifyRequest, form: Form): { key: string; fingerprint: string } | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || key.length === 0 || key.length > 255) {
    throw new PaymentError(400, 'invalid_request_error', undefined, 'Idempotency-Key: 1 to 255 characters.');
  }
  const said = `${request.method} ${request.url} ${JSON.stringify(form)}`;
  return { key, fingerprint: createHash('sha256').update(said).digest('base64url') };
}

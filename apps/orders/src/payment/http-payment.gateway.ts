import { z } from 'zod';
import { PaymentOutcomeUnknownError, PaymentRefusedError } from '../orders.errors.js';
import { type OutboundAnswer, OutboundHttp, type OutboundRequest, isTimeout } from '../outbound/outbound-http.js';
import { type ChargeOutcome, type ChargeRequest, type KnownCharge, ChargeGateway } from './charge.gateway.js';

const CONNECT_TIMEOUT_MS = 1_000;
const CONNECTIONS = 32;

const chargeSchema = z.object({ id: z.string().min(1), status: z.enum(['succeeded', 'failed', 'refunded']) });
const chargesSchema = z.object({ data: z.array(chargeSchema) });
const errorSchema = z.object({ error: z.object({ type: z.string(), code: z.string() }) });

type Operation = PaymentOutcomeUnknownError['operation'];

export interface HttpPaymentOptions {
  readonly baseUrl: string;
  /** Milliseconds for one call. Default 10,000. */
  readonly requestTimeoutMs?: number;
}

/** The provider over HTTP, in the dialect of `apps/payment-simulator`. */
export class HttpPaymentGateway extends ChargeGateway {
  private readonly http: OutboundHttp;

  constructor({ baseUrl, requestTimeoutMs = 10_000 }: HttpPaymentOptions) {
    super();
    this.http = new OutboundHttp({
      baseUrl,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      requestTimeoutMs,
      connections: CONNECTIONS,
    });
  }

  override async charge({ orderId, total, paymentToken }: ChargeRequest): Promise<ChargeOutcome> {
    const { status, json } = await this.call('charge', orderId, {
      method: 'POST',
      path: '/v1/charges',
      headers: { 'idempotency-key': orderId },
      body: { amount: total.amount, currency: total.currency, source: paymentToken, reference: orderId },
    });
    const refusal = errorSchema.safeParse(json);
    if (status === 402 && refusal.success) return { status: 'declined', code: refusal.data.error.code };
    const charge = this.read('charge', orderId, { status, json }, chargeSchema);
    return { status: 'captured', chargeId: charge.id };
  }

  override async refund(chargeId: string): Promise<void> {
    const path = `/v1/charges/${encodeURIComponent(chargeId)}/refund`;
    const answer = await this.call('refund', chargeId, { method: 'POST', path, body: {} });
    const { status } = this.read('refund', chargeId, answer, chargeSchema);
    if (status !== 'refunded') throw new PaymentOutcomeUnknownError('refund', chargeId, `the charge is ${status}`);
  }

  override async find(orderId: string): Promise<KnownCharge | undefined> {
    const path = `/v1/charges?reference=${encodeURIComponent(orderId)}`;
    const answer = await this.call('find', orderId, { method: 'GET', path });
    const { data } = this.read('find', orderId, answer, chargesSchema);
    const [charge] = data;
    if (!charge) return undefined;
    if (charge.status === 'failed') return { status: 'failed' };
    return { status: charge.status === 'refunded' ? 'refunded' : 'captured', chargeId: charge.id };
  }

  close(): Promise<void> {
    return this.http.close();
  }

  /** Repeats once at a broken connection or a 5xx, with the same key; the queue's retries come on top, much slower. */
  private async call(operation: Operation, reference: string, request: OutboundRequest): Promise<OutboundAnswer> {
    for (let last = false; ; last = true) {
      try {
        const answer = await this.http.send(request);
        if (answer.status < 500) return answer;
        if (last) throw new PaymentOutcomeUnknownError(operation, reference, `the provider answered ${answer.status}`);
      } catch (cause) {
        if (cause instanceof PaymentOutcomeUnknownError) throw cause;
        if (last || isTimeout(cause)) {
          throw new PaymentOutcomeUnknownError(operation, reference, 'no answer', { cause });
        }
      }
    }
  }

  private read<S extends z.ZodType>(
    operation: Operation,
    reference: string,
    { status, json }: OutboundAnswer,
    schema: S,
  ): z.output<S> {
    if (status !== 200) {
      const refusal = errorSchema.safeParse(json);
      throw new PaymentRefusedError(operation, reference, status, refusal.data?.error.code ?? 'unknown');
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new PaymentOutcomeUnknownError(operation, reference, 'the answer makes no sense', { cause: parsed.error });
  }
}

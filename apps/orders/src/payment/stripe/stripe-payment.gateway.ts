import { Stripe } from 'stripe';
import { type PaymentOperation, PaymentRefusedError } from '../../orders.errors.js';
import type { CircuitBreaker } from '../../outbound/circuit-breaker.js';
import {
  type AuthorizeRequest,
  type FindRequest,
  PaymentGateway,
  type Period,
  type RefundRequest,
} from '../payment.gateway.js';
import type { PaymentNotice, PaymentState, ProviderPayment, ProviderRefund } from '../payment.state.js';
import { StripeCalls } from './stripe.calls.js';
import { StripeHttp } from './stripe.http.js';
import { stripeAmountOf } from './stripe.money.js';
import { readNotice } from './stripe.notice.js';
import { METADATA, paymentOf, refundOf, stateOf } from './stripe.states.js';

export interface StripeOptions {
  /** `https://api.stripe.com`, or where something speaks its API. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** The webhook's secrets: one, or two while one takes the place of the other. None: no webhook is believed. */
  readonly webhookSecrets: readonly string[];
  /** Milliseconds for one request, the time to connect included. Default 10,000. */
  readonly requestTimeoutMs?: number;
  readonly breaker?: CircuitBreaker;
}

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS = 32;
/** What Stripe gives at most (https://docs.stripe.com/api/pagination). */
const PAGE = 100;
/** By how many seconds the provider's clock and ours may differ (R36). */
const SKEW_SECONDS = 300;
/** The best there is comes first, where an order has several payments at the provider. */
const RANK: readonly PaymentState['status'][] = [
  'captured',
  'authorized',
  'processing',
  'requires-action',
  'declined',
  'voided',
];

/** Stripe, by its official package, pinned to the API's version that the package was made for. */
export class StripePaymentGateway extends PaymentGateway {
  private readonly http = new StripeHttp({ connectTimeoutMs: CONNECT_TIMEOUT_MS, connections: CONNECTIONS });
  private readonly calls: StripeCalls;
  private readonly stripe: Stripe;

  /** Throws a TypeError for a `baseUrl` with a path. */
  constructor(private readonly options: StripeOptions) {
    super();
    const { protocol, hostname, port, pathname } = new URL(options.baseUrl);
    if (pathname !== '/') throw new TypeError(`the package of Stripe knows no path before /v1: ${pathname}`);
    const secure = protocol === 'https:';
    this.calls = new StripeCalls(options.breaker);
    this.stripe = new Stripe(options.apiKey, {
      apiVersion: '2026-10-28.endive',
      protocol: secure ? 'https' : 'http',
      host: hostname,
      port: port === '' ? (secure ? 443 : 80) : port,
      httpClient: this.http,
      timeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      // StripeCalls repeats, once.
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  override async authorize(request: AuthorizeRequest, key: string): Promise<PaymentState> {
    const { orderId, total, paymentToken, returnUrl } = request;
    const params: Stripe.PaymentIntentCreateParams = {
      ...stripeAmountOf(total),
      capture_method: 'manual',
      confirm: true,
      allowed_payment_method_types: ['card'],
      metadata: { [METADATA.order]: orderId },
      ...methodOf(paymentToken),
      ...(returnUrl === undefined ? {} : { return_url: returnUrl }),
    };
    try {
      return await this.calls.make('authorize', orderId, async () =>
        stateOf(await this.stripe.paymentIntents.create(params, { idempotencyKey: key })),
      );
    } catch (error) {
      const declined = declinedBy(error);
      if (declined) return declined;
      throw error;
    }
  }

  override capture(paymentId: string, key: string): Promise<PaymentState> {
    return this.orAsItIs(paymentId, () =>
      this.calls.make('capture', paymentId, async () =>
        stateOf(
          await this.stripe.paymentIntents.capture(paymentId, { expand: ['latest_charge'] }, { idempotencyKey: key }),
        ),
      ),
    );
  }

  override void(paymentId: string, key: string): Promise<PaymentState> {
    return this.orAsItIs(paymentId, () =>
      this.calls.make('void', paymentId, async () =>
        stateOf(await this.stripe.paymentIntents.cancel(paymentId, {}, { idempotencyKey: key })),
      ),
    );
  }

  override refund(request: RefundRequest, key: string): Promise<ProviderRefund> {
    const { paymentId, amount, refundId, orderId } = request;
    const metadata = { [METADATA.order]: orderId, [METADATA.refund]: refundId };
    const params = { payment_intent: paymentId, amount: stripeAmountOf(amount).amount, metadata };
    return this.calls.make('refund', refundId, async () =>
      refundOf(await this.stripe.refunds.create(params, { idempotencyKey: key })),
    );
  }

  override async find({ orderId, paymentId, since, until }: FindRequest): Promise<PaymentState | undefined> {
    if (paymentId !== undefined) return this.retrieve(paymentId);
    const from = new Date(since.getTime() - SKEW_SECONDS * 1_000);
    const to = new Date((until ?? new Date()).getTime() + SKEW_SECONDS * 1_000);
    let best: PaymentState | undefined;
    for await (const payment of this.payments({ from, to })) {
      if (payment.orderId !== orderId) continue;
      const { state } = payment;
      if (state.status === 'captured') return state;
      if (!best || RANK.indexOf(state.status) < RANK.indexOf(best.status)) best = state;
    }
    return best;
  }

  override async refundsOf(paymentId: string): Promise<ProviderRefund[]> {
    const found: ProviderRefund[] = [];
    const pages = this.pages('list', paymentId, (cursor) =>
      this.stripe.refunds.list({ payment_intent: paymentId, limit: PAGE, ...cursor }),
    );
    for await (const refund of pages) found.push(refundOf(refund));
    return found;
  }

  override async *payments(period: Period): AsyncIterable<ProviderPayment> {
    const filter = { created: createdIn(period), limit: PAGE, expand: ['data.latest_charge'] };
    const pages = this.pages('list', 'payments', (cursor) => this.stripe.paymentIntents.list({ ...filter, ...cursor }));
    for await (const intent of pages) yield paymentOf(intent);
  }

  override async *refunds(period: Period): AsyncIterable<ProviderRefund> {
    const filter = { created: createdIn(period), limit: PAGE };
    const pages = this.pages('list', 'refunds', (cursor) => this.stripe.refunds.list({ ...filter, ...cursor }));
    for await (const refund of pages) yield refundOf(refund);
  }

  override notice(rawBody: Buffer, signature: string): PaymentNotice | undefined {
    return readNotice(rawBody, signature, this.options.webhookSecrets);
  }

  /** Waits for requests under way, then closes the sockets. */
  close(): Promise<void> {
    return this.http.close();
  }

  /** What `work` answers; where the payment is in no state for that, the state that it is in. */
  private async orAsItIs(paymentId: string, work: () => Promise<PaymentState>): Promise<PaymentState> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PaymentRefusedError) || error.code !== 'payment_intent_unexpected_state') throw error;
      const state = await this.retrieve(paymentId);
      if (!state) throw error;
      return state;
    }
  }

  private async retrieve(paymentId: string): Promise<PaymentState | undefined> {
    try {
      return await this.calls.make('find', paymentId, async () =>
        stateOf(await this.stripe.paymentIntents.retrieve(paymentId, { expand: ['latest_charge'] })),
      );
    } catch (error) {
      if (error instanceof PaymentRefusedError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Every page is a call of its own, with its own time and repetition. */
  private async *pages<T extends { id: string }>(
    operation: PaymentOperation,
    reference: string,
    list: (cursor: { starting_after?: string }) => Promise<Stripe.ApiList<T>>,
  ): AsyncIterable<T> {
    let after: string | undefined;
    for (;;) {
      const cursor = after === undefined ? {} : { starting_after: after };
      const { data, has_more: more } = await this.calls.make(operation, reference, () => list(cursor));
      yield* data;
      after = data.at(-1)?.id;
      if (!more || after === undefined) return;
    }
  }
}

function createdIn({ from, to }: Period): Stripe.RangeQueryParam {
  return { gte: Math.floor(from.getTime() / 1_000), lte: Math.floor(to.getTime() / 1_000) };
}

/** A token of a card makes a payment method in passing; anything else is one. */
function methodOf(
  paymentToken: string,
): Pick<Stripe.PaymentIntentCreateParams, 'payment_method' | 'payment_method_data'> {
  if (!paymentToken.startsWith('tok_')) return { payment_method: paymentToken };
  // The package's types leave `card` out, lest one sends numbers of cards; the API takes a token there.
  const data = { type: 'card', card: { token: paymentToken } };
  return { payment_method_data: data };
}

/**
 * A refusal that is an answer to the customer: the card's, or that there is no such card. The code is Stripe's coarse
 * one, for the bank's reason (stolen, fraudulent) is not for the customer's eyes (https://docs.stripe.com/declines).
 */
function declinedBy(error: unknown): PaymentState | undefined {
  if (!(error instanceof PaymentRefusedError) || !(error.cause instanceof Stripe.errors.StripeError)) return undefined;
  const { cause } = error;
  if (cause instanceof Stripe.errors.StripeCardError) {
    const intent = cause.payment_intent;
    return { status: 'declined', code: error.code, ...(intent ? { paymentId: intent.id } : {}) };
  }
  const aboutTheMethod =
    cause instanceof Stripe.errors.StripeInvalidRequestError && cause.param?.startsWith('payment_method');
  return aboutTheMethod ? { status: 'declined', code: error.code } : undefined;
}

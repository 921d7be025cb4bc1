import { randomBytes } from 'node:crypto';
import { PaymentError } from '../payment-simulator.errors.js';
import type { EventType } from './change.js';
import { type Payment, type Refund, type Refusal, refundedOf } from './payment.js';
import { GENERIC_DECLINE, behaviourOf } from './sources.js';

/** What a request comes to. Where `refusal` is set the answer is 402, and still the payment changed. */
export interface Decision {
  readonly payment: Payment;
  readonly events: readonly EventType[];
  readonly refusal?: Refusal;
  /** The refund that it is about. */
  readonly refund?: string;
}

/** When it is, and what is out of the ordinary today. */
export interface Circumstances {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** A card that is good is declined all the same. */
  readonly decline: boolean;
  /** Milliseconds until what is delayed is settled. */
  readonly settleMs: number;
}

export interface NewPayment {
  readonly amount: number;
  readonly currency: string;
  readonly captureMethod: Payment['captureMethod'];
  readonly source?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata: Record<string, string>;
  readonly returnUrl?: string | undefined;
}

/** An id in Stripe's manner. */
export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** A payment that nobody has tried to carry out. */
export function create(asked: NewPayment, { now }: Circumstances): Decision {
  const payment: Payment = {
    ...asked,
    id: newId('pi'),
    created: seconds(now),
    status: asked.source === undefined ? 'requires_payment_method' : 'requires_confirmation',
    received: 0,
    refunds: [],
  };
  return { payment, events: ['payment_intent.created'] };
}

/** Tries to carry it out. Throws a {@link PaymentError} where its state or its source does not allow that. */
export function confirm(
  payment: Payment,
  {
    source = payment.source,
    returnUrl = payment.returnUrl,
  }: { source?: string | undefined; returnUrl?: string | undefined },
  circumstances: Circumstances,
): Decision {
  expectState(payment, ['requires_payment_method', 'requires_confirmation', 'requires_action'], 'confirm');
  if (source === undefined) {
    throw unexpected(payment, "You cannot confirm this PaymentIntent because it's missing a payment method.");
  }
  const behaviour = behaviourOf(source);
  if (!behaviour) throw noSuchSource(source);
  const { error: _before, ...rest } = payment;
  const tried: Payment = { ...rest, source, ...(returnUrl === undefined ? {} : { returnUrl }) };
  const refusal = behaviour.refusal ?? (circumstances.decline ? GENERIC_DECLINE : undefined);
  if (refusal) return refuse(tried, refusal);
  if (behaviour.outcome === 'action') {
    return { payment: { ...tried, status: 'requires_action' }, events: ['payment_intent.requires_action'] };
  }
  if (behaviour.outcome === 'processing') {
    const processingUntil = circumstances.now + circumstances.settleMs;
    const waiting: Payment = { ...tried, status: 'processing', processingUntil };
    return { payment: waiting, events: ['payment_intent.processing'] };
  }
  return approve(tried);
}

/** The customer has proved who they are, or failed to, on the page of 3-D Secure. Throws as {@link confirm} does. */
export function authenticate(payment: Payment, proved: boolean): Decision {
  expectState(payment, ['requires_action'], 'authenticate');
  if (proved) return approve(payment);
  const message = 'We are unable to authenticate your payment method. Please choose a different payment method.';
  const { payment: refused, events } = refuse(payment, { code: 'payment_intent_authentication_failure', message });
  return { payment: refused, events };
}

/** Takes the money, or a part of it, and lets the rest go. Throws as {@link confirm} does. */
export function capture(payment: Payment, amount = payment.amount): Decision {
  expectState(payment, ['requires_capture'], 'capture');
  if (amount > payment.amount) {
    throw new PaymentError(
      400,
      'invalid_request_error',
      'amount_too_large',
      'Amount to capture is more than authorized.',
      {
        param: 'amount_to_capture',
      },
    );
  }
  return { payment: { ...payment, status: 'succeeded', received: amount }, events: ['payment_intent.succeeded'] };
}

/** Gives it up before any money is taken. Throws as {@link confirm} does. */
export function cancel(payment: Payment, reason: string | undefined, { now }: Circumstances): Decision {
  const states = [
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
  ];
  expectState(payment, states, 'cancel');
  const { processingUntil: _until, ...rest } = payment;
  const canceled = { at: seconds(now), ...(reason === undefined ? {} : { reason }) };
  return { payment: { ...rest, status: 'canceled', canceled }, events: ['payment_intent.canceled'] };
}

/** Gives money back. Throws a {@link PaymentError} where none was taken, or not that much is left. */
export function refund(
  payment: Payment,
  asked: { amount?: number | undefined; metadata: Record<string, string>; reason?: string | undefined },
  { now, settleMs }: Circumstances,
): Decision {
  const left = payment.received - refundedOf(payment);
  if (payment.status !== 'succeeded') {
    throw invalid('payment_intent_unexpected_state', `This PaymentIntent does not have a successful charge to refund.`);
  }
  if (left === 0) {
    throw invalid('charge_already_refunded', `Charge ${payment.charge} has already been refunded.`);
  }
  const { amount = left, metadata, reason } = asked;
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`;
    throw new PaymentError(400, 'invalid_request_error', undefined, message, { param: 'amount' });
  }
  const kind = behaviourOf(payment.source ?? '')?.refunds ?? 'succeed';
  const made: Refund = {
    id: newId('re'),
    amount,
    created: seconds(now),
    status: kind === 'pend' ? 'pending' : 'succeeded',
    metadata,
    ...(reason === undefined ? {} : { reason }),
    ...(kind === 'succeed' ? {} : { settles: { at: now + settleMs, as: kind === 'fail' ? 'failed' : 'succeeded' } }),
  };
  const events: EventType[] = ['refund.created', 'charge.refunded'];
  return { payment: { ...payment, refunds: [...payment.refunds, made] }, events, refund: made.id };
}

/** What time has brought: at most one change, for this may be asked again. Undefined where nothing is due. */
export function settle(payment: Payment, now: number): Decision | undefined {
  const { processingUntil, ...rest } = payment;
  if (processingUntil !== undefined && processingUntil <= now) return approve(rest);
  const due = payment.refunds.find(({ settles }) => settles !== undefined && settles.at <= now);
  if (!due?.settles) return undefined;
  const { settles, ...refundRest } = due;
  const settled: Refund = { ...refundRest, status: settles.as };
  const refunds = payment.refunds.map((each) => (each === due ? settled : each));
  const events: EventType[] = settles.as === 'failed' ? ['refund.failed'] : ['refund.updated'];
  return { payment: { ...payment, refunds }, events, refund: due.id };
}

function approve(payment: Payment): Decision {
  const charged: Payment = { ...payment, charge: newId('ch') };
  if (payment.captureMethod === 'manual') {
    const events: EventType[] = ['payment_intent.amount_capturable_updated'];
    return { payment: { ...charged, status: 'requires_capture' }, events };
  }
  const received = payment.amount;
  return { payment: { ...charged, status: 'succeeded', received }, events: ['payment_intent.succeeded'] };
}

function refuse(payment: Payment, error: Refusal): Decision {
  const refused: Payment = { ...payment, status: 'requires_payment_method', error };
  return { payment: refused, events: ['payment_intent.payment_failed'], refusal: error };
}

function expectState(payment: Payment, states: readonly string[], verb: string): void {
  if (states.includes(payment.status)) return;
  const message =
    `You cannot ${verb} this PaymentIntent because it has a status of ${payment.status}. ` +
    `Only a PaymentIntent with one of the following statuses may: ${states.join(', ')}.`;
  throw unexpected(payment, message);
}

function unexpected(payment: Payment, message: string): PaymentError {
  return invalid('payment_intent_unexpected_state', `${payment.id}: ${message}`);
}

/** Throws a refusal of a token or payment method that does not exist. */
export function noSuchSource(source: string): PaymentError {
  const [what, param] = source.startsWith('tok_')
    ? ['token', 'payment_method_data[card][token]']
    : ['PaymentMethod', 'payment_method'];
  return new PaymentError(400, 'invalid_request_error', 'resource_missing', `No such ${what}: '${source}'`, { param });
}

function invalid(code: string, message: string): PaymentError {
  return new PaymentError(400, 'invalid_request_error', code, message);
}

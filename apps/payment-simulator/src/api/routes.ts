import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { pageOf } from '../ledger/pages.js';
import { behaviourOf } from '../ledger/sources.js';
import {
  type Circumstances,
  type Decision,
  cancel,
  capture,
  confirm,
  create,
  noSuchSource,
  refund,
} from '../ledger/transitions.js';
import { eventView, listView, paymentView, refundView } from '../ledger/views.js';
import { PaymentError } from '../payment-simulator.errors.js';
import type { Calls } from './calls.js';
import type { Form } from './form.js';
import {
  cancelSchema,
  captureSchema,
  confirmSchema,
  createSchema,
  listEventsSchema,
  listPaymentsSchema,
  listRefundsSchema,
  read,
  refundSchema,
  retrieveSchema,
  sourceOf,
} from './parameters.js';

const idSchema = z.object({ id: z.string().max(100) });
const idOf = (params: unknown): string => read(idSchema, params).id;

/** `/v1`: the part of Stripe's API that is simulated. */
export function addRoutes(app: FastifyInstance, calls: Calls): void {
  addPayments(app, calls);
  addRefunds(app, calls);
  addEvents(app, calls);
}

function addPayments(app: FastifyInstance, calls: Calls): void {
  const { ledger } = calls;
  app.post('/v1/payment_intents', (request, reply) => calls.write(request, reply, createPayment));
  app.get('/v1/payment_intents', (request) =>
    calls.read(request, (form, view) => {
      const { items, more } = pageOf(ledger.payments(), read(listPaymentsSchema, form));
      return listView('/v1/payment_intents', { items: items.map((item) => paymentView(item, view)), more });
    }),
  );
  app.get('/v1/payment_intents/:id', (request) =>
    calls.read(request, (form, view) => {
      read(retrieveSchema, form);
      return paymentView(ledger.payment(idOf(request.params)), view);
    }),
  );
  app.post('/v1/payment_intents/:id/confirm', (request, reply) =>
    calls.write(request, reply, (form, circumstances) => {
      const asked = read(confirmSchema, form);
      const given = { source: sourceOf(asked), returnUrl: asked.return_url };
      return confirm(ledger.payment(idOf(request.params)), given, circumstances);
    }),
  );
  app.post('/v1/payment_intents/:id/capture', (request, reply) =>
    calls.write(request, reply, (form) =>
      capture(ledger.payment(idOf(request.params)), read(captureSchema, form).amount_to_capture),
    ),
  );
  app.post('/v1/payment_intents/:id/cancel', (request, reply) =>
    calls.write(request, reply, (form, circumstances) => {
      const { cancellation_reason: reason } = read(cancelSchema, form);
      return cancel(ledger.payment(idOf(request.params)), reason, circumstances);
    }),
  );
}

/** `POST /v1/payment_intents`, with `confirm` or without. */
function createPayment(form: Form, circumstances: Circumstances): Decision {
  const asked = read(createSchema, form);
  const source = sourceOf(asked);
  if (source !== undefined && !behaviourOf(source)) throw noSuchSource(source);
  const made = create(
    {
      amount: asked.amount,
      currency: asked.currency,
      captureMethod: asked.capture_method,
      metadata: asked.metadata,
      ...(source === undefined ? {} : { source }),
      ...(asked.description === undefined ? {} : { description: asked.description }),
      ...(asked.return_url === undefined ? {} : { returnUrl: asked.return_url }),
    },
    circumstances,
  );
  if (!asked.confirm) return made;
  const tried = confirm(made.payment, {}, circumstances);
  return { ...tried, events: [...made.events, ...tried.events] };
}

function addRefunds(app: FastifyInstance, calls: Calls): void {
  const { ledger } = calls;
  app.post('/v1/refunds', (request, reply) =>
    calls.write(request, reply, (form, circumstances) => {
      const asked = read(refundSchema, form);
      return refund(ledger.payment(asked.payment_intent), asked, circumstances);
    }),
  );
  app.get('/v1/refunds', (request) =>
    calls.read(request, (form) => {
      const asked = read(listRefundsSchema, form);
      const all = ledger.refunds(asked.payment_intent).map((each) => ({ ...each.refund, ...each }));
      const { items, more } = pageOf(all, asked);
      return listView('/v1/refunds', { items: items.map((item) => refundView(item.payment, item.refund)), more });
    }),
  );
  app.get('/v1/refunds/:id', (request) =>
    calls.read(request, () => {
      const id = idOf(request.params);
      const found = ledger.refunds().find((each) => each.refund.id === id);
      if (!found) throw new PaymentError(404, 'invalid_request_error', 'resource_missing', `No such refund: '${id}'`);
      return refundView(found.payment, found.refund);
    }),
  );
}

function addEvents(app: FastifyInstance, calls: Calls): void {
  app.get('/v1/events', (request) =>
    calls.read(request, (form, view) => {
      const asked = read(listEventsSchema, form);
      const events = calls.ledger.events().filter(({ type }) => asked.type === undefined || asked.type === type);
      const { items, more } = pageOf(
        events.map((event) => ({ ...event, created: event.change.at })),
        asked,
      );
      return listView('/v1/events', { items: items.map((event) => eventView(event, event.change, view)), more });
    }),
  );
}

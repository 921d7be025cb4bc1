import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Payment } from '../ledger/payment.js';
import { authenticate } from '../ledger/transitions.js';
import type { Calls } from './calls.js';
import { parseForm } from './form.js';
import { read } from './parameters.js';

const idSchema = z.object({ id: z.string().regex(/^pi_[0-9a-f]{1,40}$/) });
const answerSchema = z.strictObject({ outcome: z.enum(['approve', 'fail']) });

/** The page on which the customer proves, or fails to prove, who they are; then the browser goes back to the shop. */
export function addThreeDSecure(app: FastifyInstance, { ledger }: Calls): void {
  app.get('/3ds/:id', (request, reply) => {
    const payment = ledger.payment(read(idSchema, request.params).id);
    return page(reply, payment.status === 'requires_action' ? question(payment) : `<p>This is ${payment.status}.</p>`);
  });
  app.post('/3ds/:id', async (request, reply) => {
    const { id } = read(idSchema, request.params);
    const { outcome } = read(answerSchema, parseForm(typeof request.body === 'string' ? request.body : ''));
    const { payment } = await ledger.change(() => authenticate(ledger.payment(id), outcome === 'approve'));
    if (payment?.returnUrl === undefined) return page(reply, `<p>This is ${payment?.status}.</p>`);
    const back = new URL(payment.returnUrl);
    back.searchParams.set('payment_intent', id);
    back.searchParams.set('redirect_status', outcome === 'approve' ? 'succeeded' : 'failed');
    return reply.redirect(back.href, 303);
  });
}

function question({ amount, currency }: Payment): string {
  const button = (outcome: string, label: string) => `<button name="outcome" value="${outcome}">${label}</button>`;
  return `<p>${amount} ${currency.toUpperCase()}, in minor units: is it you who pays?</p>
<form method="post">${button('approve', 'Complete')} ${button('fail', 'Fail')}</form>`;
}

function page(reply: FastifyReply, content: string): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    .header('cache-control', 'no-store')
    .send(`<!doctype html><html lang="en"><title>3-D Secure</title><h1>3-D Secure 2 test page</h1>${content}</html>`);
}

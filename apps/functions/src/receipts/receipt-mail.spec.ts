import { describe, expect, it } from '@jest/globals';
import { type ReceiptOrder } from '@lethe/contracts';
import { type OrderNews, receiptMail } from './receipt-mail.js';

const ID = '01981c6e-0000-7000-8000-00000000abcd';
const LAMP = '01981c6e-0000-7000-8000-000000000001';
const PLACED = '2026-11-23T16:00:00.000Z';
const gbp = (amount: number) => ({ amount, currency: 'GBP' });
const item = { productId: LAMP, sku: 'L-1', name: 'Oak <Lantern>', quantity: 2, unitPrice: gbp(1_250) };
const order: ReceiptOrder = {
  id: ID,
  customerId: 'ada',
  placedAt: PLACED,
  recordedAt: PLACED,
  items: [item],
  total: gbp(2_500),
};
const ada = { email: 'ada@example.com', name: 'Ada & "Co"' };
const confirmed: OrderNews = {
  kind: 'confirmed',
  data: { orderId: ID, placedAt: PLACED, confirmedAt: PLACED, total: order.total, items: [item] },
};
const refundOf = (full: boolean): OrderNews => ({
  kind: 'refunded',
  data: {
    orderId: ID,
    refundId: LAMP,
    placedAt: PLACED,
    refundedAt: PLACED,
    amount: gbp(1_250),
    items: [{ productId: LAMP, quantity: 1, amount: gbp(1_250) }],
    full,
  },
});

describe('a receipt', () => {
  it('says what was bought, for how much, and of which order it is', () => {
    const { to, subject, text } = receiptMail(confirmed, order, ada);

    expect(to).toBe('ada@example.com');
    expect(subject).toBe('Your order 0000ABCD is confirmed');
    expect(text).toContain('2 x Oak <Lantern> at £12.50: £25.00');
    expect(text).toContain('Total: £25.00');
    expect(text).toContain(`Order ${ID}, placed on 2026-11-23.`);
  });

  it('says what was taken off and what tax was added, where there is any', () => {
    const amounts = { subtotal: gbp(2_500), discount: gbp(250), tax: gbp(450), total: gbp(2_700) };
    const { text } = receiptMail(confirmed, { ...order, total: gbp(2_700), amounts }, ada);

    expect(text).toContain('Discount: -£2.50\n  Tax: £4.50\n  Total: £27.00');
  });

  it('S53: puts names of others into HTML as text, and into no line of their own', () => {
    const odd = { ...order, items: [{ ...item, name: 'A\r\nBcc: eve@example.com' }] };

    const { html } = receiptMail(confirmed, order, ada);

    expect(html).toContain('Oak &lt;Lantern&gt;');
    expect(html).toContain('Dear Ada &amp; &quot;Co&quot;,');
    expect(receiptMail(confirmed, odd, ada).text).toContain('2 x A Bcc: eve@example.com at');
  });

  it('says when the parcel has left, and what the carrier calls it', () => {
    const data = { orderId: ID, placedAt: PLACED, shippedAt: PLACED, tracking: 'TRACK-1' };
    const { subject, text } = receiptMail({ kind: 'shipped', data }, order, ada);

    expect(subject).toBe('Your order 0000ABCD is on its way');
    expect(text).toContain('who calls it TRACK-1');
    expect(text).not.toContain('£');
  });

  it('says what went back, for which goods, and whether it was all', () => {
    const { subject, text } = receiptMail(refundOf(false), order, ada);

    expect(subject).toBe('A refund for your order 0000ABCD');
    expect(text).toContain('1 x Oak <Lantern>: £12.50\n  Refunded: £12.50');
    expect(text).not.toContain('all that you paid');
    expect(receiptMail(refundOf(true), order, ada).text).toContain('with it, all that you paid');
  });
});

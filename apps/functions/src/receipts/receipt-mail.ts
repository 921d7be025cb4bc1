import { writeMoney } from '@lethe/kernel';
import {
  type Contact,
  type OrderConfirmed,
  type OrderRefunded,
  type OrderShipped,
  type ReceiptOrder,
} from '@lethe/contracts';
import { type DataOf } from '@lethe/topology';
import { type Mail, escapeHtml } from '../mail/mail.js';

/** What happened to an order, as far as its customer is told by mail. */
export type OrderNews =
  | { readonly kind: 'confirmed'; readonly data: DataOf<typeof OrderConfirmed> }
  | { readonly kind: 'shipped'; readonly data: DataOf<typeof OrderShipped> }
  | { readonly kind: 'refunded'; readonly data: DataOf<typeof OrderRefunded> };

interface Row {
  readonly what: string;
  readonly amount: string;
}

interface Content {
  readonly subject: string;
  readonly begin: string;
  readonly rows: readonly Row[];
  readonly totals: readonly Row[];
}

/** What a customer calls an order on the phone: the end of its id, whose beginning is a time. */
const shortId = (id: string): string => id.slice(-8).toUpperCase();

/** The mail that tells a customer the news of an order. */
export function receiptMail(news: OrderNews, order: ReceiptOrder, { email, name }: Contact): Mail {
  const { subject, begin, rows, totals } = contentOf(news, order);
  const greeting = `Dear ${oneLine(name)},`;
  const reference = `Order ${order.id}, placed on ${order.placedAt.slice(0, 10)}.`;
  const lines = [...rows, ...totals].map(({ what, amount }) => `  ${what}: ${amount}`);
  const table = [...rows.map(htmlRow('td')), ...totals.map(htmlRow('th'))].join('\n');
  return {
    to: email,
    subject,
    text: `${[greeting, begin, ...(lines.length === 0 ? [] : [lines.join('\n')]), reference].join('\n\n')}\n`,
    html: [
      '<!doctype html>',
      `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head><body>`,
      `<p>${escapeHtml(greeting)}</p>`,
      `<p>${escapeHtml(begin)}</p>`,
      ...(table === '' ? [] : [`<table>\n${table}\n</table>`]),
      `<p>${escapeHtml(reference)}</p>`,
      '</body></html>',
    ].join('\n'),
  };
}

function contentOf(news: OrderNews, order: ReceiptOrder): Content {
  if (news.kind === 'confirmed') return confirmedContent(order);
  return news.kind === 'shipped' ? shippedContent(news.data, order) : refundedContent(news.data, order);
}

function confirmedContent(order: ReceiptOrder): Content {
  return {
    subject: `Your order ${shortId(order.id)} is confirmed`,
    begin: 'Thank you for your order. It is paid, and this is your receipt.',
    rows: order.items.map(boughtRow),
    totals: totalsOf(order),
  };
}

function shippedContent({ tracking }: DataOf<typeof OrderShipped>, order: ReceiptOrder): Content {
  return {
    subject: `Your order ${shortId(order.id)} is on its way`,
    begin: `Your parcel was handed to the carrier${trackingOf(tracking)}.`,
    rows: order.items.map(({ name, quantity }) => ({ what: oneLine(name), amount: `${quantity}` })),
    totals: [],
  };
}

function refundedContent({ amount, full, items }: DataOf<typeof OrderRefunded>, order: ReceiptOrder): Content {
  const nameOf = (productId: string) => order.items.find((item) => item.productId === productId)?.name ?? productId;
  const whole = full ? ': with it, all that you paid' : '';
  return {
    subject: `A refund for your order ${shortId(order.id)}`,
    begin: `${writeMoney(amount)} went back the way that you paid${whole}.`,
    rows: items.map((item) => ({
      what: `${item.quantity} x ${oneLine(nameOf(item.productId))}`,
      amount: writeMoney(item.amount),
    })),
    totals: [{ what: 'Refunded', amount: writeMoney(amount) }],
  };
}

function boughtRow({ name, quantity, unitPrice }: ReceiptOrder['items'][number]): Row {
  const sum = { ...unitPrice, amount: unitPrice.amount * quantity };
  return { what: `${quantity} x ${oneLine(name)} at ${writeMoney(unitPrice)}`, amount: writeMoney(sum) };
}

/** How the total came about, where there is anything to tell beside it. */
function totalsOf({ total, amounts }: ReceiptOrder): Row[] {
  const parts = [
    ...(amounts && amounts.discount.amount > 0
      ? [{ what: 'Discount', amount: writeMoney({ ...amounts.discount, amount: -amounts.discount.amount }) }]
      : []),
    ...(amounts && amounts.tax.amount > 0 ? [{ what: 'Tax', amount: writeMoney(amounts.tax) }] : []),
  ];
  return [...parts, { what: 'Total', amount: writeMoney(total) }];
}

const trackingOf = (tracking: string | undefined): string =>
  tracking === undefined ? '' : `, who calls it ${oneLine(tracking)}`;

/** Names are texts of others: a line break in one would add lines to a mail. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

const htmlRow =
  (cell: 'td' | 'th') =>
  ({ what, amount }: Row): string =>
    `<tr><${cell}>${escapeHtml(what)}</${cell}><${cell}>${escapeHtml(amount)}</${cell}></tr>`;

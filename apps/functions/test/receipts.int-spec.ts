import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { type Contact, OrderConfirmed, type ReceiptOrder } from '@lethe/contracts';
import { type TestMail, startTestMail } from '@lethe/local-cloud';
import { FakeClock } from '@lethe/testing';
import { encodeMessage } from '@lethe/topology';
import { handleQueueBatch } from '../src/events/queue-batch.js';
import { Mailer } from '../src/mail/mailer.js';
import { SentMails } from '../src/mail/sent-mails.js';
import { type ReceiptParts, sendReceipt } from '../src/receipts/send-receipt.js';

const LAMP = randomUUID();
const AT = '2026-11-23T16:00:00.000Z';
const total = { amount: 2_500, currency: 'GBP' };
const item = {
  productId: LAMP,
  sku: 'L-1',
  name: 'Lantern',
  quantity: 2,
  unitPrice: { amount: 1_250, currency: 'GBP' },
};

describe('receipts by mail', () => {
  const table = `notes-${randomUUID()}`;
  const dynamodb = new DynamoDBClient({});
  const clock = new FakeClock();
  const orders = new Map<string, ReceiptOrder>();
  const contacts = new Map<string, Contact>();
  let mail: TestMail;
  let email: string;
  let parts: ReceiptParts;
  beforeAll(async () => {
    mail = await startTestMail();
    Object.assign(process.env, mail.env);
    await dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await waitUntilTableExists(
      { client: dynamodb, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.1 },
      { TableName: table },
    );
  });
  afterAll(async () => {
    dynamodb.destroy();
    await mail.stop();
  });
  beforeEach(() => {
    email = `${randomUUID()}@example.com`;
    const held = (path: string) => path.split('/').at(-1) ?? '';
    parts = {
      orders: { get: (path, schema) => Promise.resolve(schema.optional().parse(orders.get(held(path))) as never) },
      auth: { get: (path, schema) => Promise.resolve(schema.optional().parse(contacts.get(held(path))) as never) },
      mailer: new Mailer('us-east-1', 'Shop <shop@example.com>'),
      sent: new SentMails({ dynamodb, table, claimMs: 25_000, clock }),
    };
  });

  /** A message of a confirmed order, whose customer has the address of this test. */
  function confirmed(recordedAt = AT): { readonly body: string } {
    const [id, customerId] = [randomUUID(), randomUUID()];
    orders.set(id, { id, customerId, placedAt: AT, recordedAt, items: [item], total });
    contacts.set(customerId, { email, name: 'Ada' });
    const data = { orderId: id, placedAt: AT, confirmedAt: AT, total, items: [item] };
    return { body: encodeMessage(OrderConfirmed, data, { id: randomUUID(), source: 'orders', time: Date.parse(AT) }) };
  }

  it('R13: are one for each event, however often its message comes, and even at once', async () => {
    const message = confirmed();

    await Promise.allSettled(Array.from({ length: 5 }, () => sendReceipt(message, parts)));
    await sendReceipt(message, parts);

    const mails = await mail.mailsTo(email);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      from: 'Shop <shop@example.com>',
      subject: expect.stringContaining('is confirmed'),
    });
    expect(mails[0]?.text).toContain('Total: £25.00');
  });

  it('come again where the function died between SES and its note: late, and twice at worst', async () => {
    const message = confirmed();
    const { sent } = parts;
    const dying = {
      claim: (id: string) => sent.claim(id),
      mark: () => Promise.reject(new Error('killed')),
      release: (id: string) => sent.release(id),
    };
    await expect(sendReceipt(message, { ...parts, sent: dying })).rejects.toThrow('killed');

    await expect(sendReceipt(message, parts)).rejects.toThrow('being handled by another invocation');
    clock.advance(25_000);
    await sendReceipt(message, parts);

    expect(await mail.mailsTo(email)).toHaveLength(2);
  });

  it('are tried again at once where SES refused the mail', async () => {
    const message = confirmed();
    const refusing = new Mailer('us-east-1', '');
    await expect(sendReceipt(message, { ...parts, mailer: refusing })).rejects.toThrow('the mail was not taken');

    await sendReceipt(message, parts);

    expect(await mail.mailsTo(email)).toHaveLength(1);
  });

  it('R19 R21: leave in the queue only what failed: an unknown type among what is known', async () => {
    const good = { messageId: 'good', attributes: {}, ...confirmed() };
    const envelope = JSON.parse(good.body) as object;
    const odd = { ...good, messageId: 'odd', body: JSON.stringify({ ...envelope, type: 'orders.order-eaten.v1' }) };

    const answer = await handleQueueBatch({ Records: [odd, good] }, (record) => sendReceipt(record, parts));

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'odd' }] });
    expect(await mail.mailsTo(email)).toHaveLength(1);
  });

  it('are for nobody where an order was moved in from another shop long after', async () => {
    await sendReceipt(confirmed('2026-11-24T16:00:00.001Z'), parts);

    expect(await mail.mailsTo(email)).toEqual([]);
  });

  it('S54: go to nobody whose account is gone', async () => {
    const message = confirmed();
    contacts.clear();

    await sendReceipt(message, parts);

    expect(await mail.mailsTo(email)).toEqual([]);
  });
});

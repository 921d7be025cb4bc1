import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestMail, startTestMail } from '../src/cloud/test-mail.js';

describe('the embedded SES', () => {
  let mail: TestMail;
  beforeAll(async () => {
    mail = await startTestMail();
  });
  afterAll(() => mail.stop());

  const send = (to: string, subject: string) =>
    fetch(`${mail.env.AWS_ENDPOINT_URL_SESV2}/v2/email/outbound-emails`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'AWS4-HMAC-SHA256 local' },
      body: JSON.stringify({
        FromEmailAddress: 'shop@example.com',
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: 'Hello' } } } },
      }),
    });

  it('keeps mail to be read by whom it is for', async () => {
    expect((await send('ada@example.com', 'One')).status).toBe(200);
    await send('eve@example.com', 'Two');

    expect(await mail.mailsTo('ada@example.com')).toEqual([
      { from: 'shop@example.com', to: ['ada@example.com'], subject: 'One', text: 'Hello' },
    ]);
  });

  it('keeps the last thousand, so that its memory stays flat', async () => {
    for (let index = 0; index <= 1_100; index += 1) await send('many@example.com', `Mail ${index}`);

    const kept = await mail.mailsTo('many@example.com');

    expect(kept.length).toBeLessThanOrEqual(1_000);
    expect(kept.at(-1)?.subject).toBe('Mail 1100');
  });
});

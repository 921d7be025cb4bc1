import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@lethe/kernel';
import { type TestMail } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { CommandBus } from '@nestjs/cqrs';
import { type AuthService, PASSWORD, startAuthWithMail } from './auth-service.js';
import { MailError } from '../src/auth.errors.js';
import { Mailer } from '../src/mail/mailer.js';
import { MailCode } from '../src/mail/send-code.js';

describe('mail', () => {
  let auth: AuthService & { readonly mail: TestMail };
  beforeAll(async () => {
    auth = await startAuthWithMail(1, { EMAIL_VERIFICATION: 'required', MAIL_FROM: 'Shop <shop@example.com>' });
  });
  afterAll(() => auth.stop());

  const replica = () => {
    const [app] = auth.replicas;
    if (!app) throw new RangeError('no replica');
    return app;
  };
  const deliver = (messageId: string, accountId: string) =>
    replica()
      .get(CommandBus)
      .execute(new MailCode(messageId, accountId, 'reset-password'));
  const resets = async (address: string) =>
    (await auth.mail.mailsTo(address)).filter(({ subject }) => subject === 'Reset your password');

  it('is sent once for a message that is delivered again', async () => {
    const { id, email } = await auth.customer();
    const messageId = uuidv7();

    for (const _ of [1, 2, 3]) await deliver(messageId, id);

    expect(await resets(email)).toHaveLength(1);
  });

  it('is sent with another code where sending failed, and the message is delivered again', async () => {
    const { id, email } = await auth.customer();
    const mailer = replica().get(Mailer, { strict: false });
    const send = mailer.send.bind(mailer);
    mailer.send = () => Promise.reject(new MailError(new Error('throttled')));
    const messageId = uuidv7();

    await expect(deliver(messageId, id)).rejects.toThrow(MailError);
    mailer.send = send;
    await deliver(messageId, id);

    expect(await resets(email)).toHaveLength(1);
  });

  it('goes to nobody for an account that is not there', async () => {
    await expect(deliver(uuidv7(), uuidv7())).resolves.toBeUndefined();
  });

  it('lets in who has verified the address, where that is required, and tells only who knows the password', async () => {
    const { email } = await auth.customer();

    expect((await auth.login(email)).status).toBe(403);
    expect((await auth.login(email, 'not the right password')).status).toBe(401);
    const mail = await eventually(async () => {
      const [first] = await auth.mail.mailsTo(email);
      if (!first) throw new RangeError('no mail yet');
      return first;
    });
    const code = /\w{5}-\w{5}/.exec(mail.text)?.[0];
    await auth.call('/auth/email/verify', { body: { email, code } });

    expect(mail.from).toBe('Shop <shop@example.com>');
    expect((await auth.login(email, PASSWORD)).status).toBe(200);
  });
});

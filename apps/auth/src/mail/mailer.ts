import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { MailError } from '../auth.errors.js';

/** A mail of plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail by Amazon SES. */
export class Mailer {
  /** `from` is an address, or a name with one, that SES has verified. */
  constructor(
    private readonly ses: SESv2Client,
    private readonly from: string,
  ) {}

  /** Throws a MailError; the mail may have been sent all the same. */
  async send({ to, subject, text }: Mail): Promise<void> {
    const command = new SendEmailCommand({
      FromEmailAddress: this.from,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: 'UTF-8' },
          Body: { Text: { Data: text, Charset: 'UTF-8' } },
        },
      },
    });
    try {
      await this.ses.send(command);
    } catch (cause) {
      throw new MailError(cause);
    }
  }
}

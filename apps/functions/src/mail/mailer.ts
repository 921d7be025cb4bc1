import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { MailError } from '../functions.errors.js';
import { sdkConfig } from '../sdk.js';
import { type Mail } from './mail.js';

/** Sends mail by Amazon SES. */
export class Mailer {
  readonly #ses: SESv2Client;

  /** `from` is an address, or a name with one, that SES has verified. */
  constructor(
    region: string,
    private readonly from: string,
  ) {
    // SES knows no idempotency key: what was asked for once is not asked for again behind the back of the notes.
    this.#ses = new SESv2Client({ ...sdkConfig(region), maxAttempts: 1 });
  }

  /** Throws a {@link MailError}; unless it is certain, the mail may have been sent all the same. */
  async send({ to, subject, text, html }: Mail): Promise<void> {
    const command = new SendEmailCommand({
      FromEmailAddress: this.from,
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: subject, Charset: 'UTF-8' },
          Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
        },
      },
    });
    try {
      await this.#ses.send(command);
    } catch (cause) {
      throw new MailError(wasAnswered(cause), cause);
    }
  }
}

/** Whether SES answered at all, and said that the fault was not its own. */
function wasAnswered(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && error.$fault === 'client';
}

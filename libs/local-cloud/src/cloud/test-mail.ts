import { type AddressInfo } from 'node:net';
import { closeSes, listenSes } from '../emulators/ses.js';

/** A mail as it was handed to SES. */
export interface SentMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** An embedded SES of one spec. */
export interface TestMail {
  /** The variable by which the AWS SDK finds it. */
  readonly env: { readonly AWS_ENDPOINT_URL_SESV2: string };
  /** The mails to the address, the oldest first. */
  mailsTo(address: string): Promise<SentMail[]>;
  stop(): Promise<void>;
}

interface StoredMail {
  readonly from: string;
  readonly destination: { readonly to: readonly string[] };
  readonly subject: string;
  readonly body: { readonly text?: string };
}

/** Starts an SES in this process, on a port of its own. */
export async function startTestMail(): Promise<TestMail> {
  const server = await listenSes(0);
  // It listens on TCP.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: { AWS_ENDPOINT_URL_SESV2: url },
    mailsTo: async (address) => {
      const response = await fetch(`${url}/store`);
      const { emails } = (await response.json()) as { readonly emails: readonly StoredMail[] };
      return emails
        .filter(({ destination }) => destination.to.includes(address))
        .map(({ from, destination, subject, body }) => ({ from, to: destination.to, subject, text: body.text ?? '' }));
    },
    stop: () => closeSes(server),
  };
}

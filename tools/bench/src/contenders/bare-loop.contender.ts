import type { Message } from '@aws-sdk/client-sqs';
import { received } from '../measure/observe.js';
import type { Contender } from './contender.js';
import { BARE_LOOP } from './names.js';
import { startDecoupledLoop } from './decoupled-loop.js';
import { SignedHttp } from './signed-http.js';

/** The decoupled loop over `node:http`, without the SDK: what a client of SQS cannot be much faster than. */
export const bareLoop: Contender = {
  name: BARE_LOOP,
  atDefaults: false,
  bestIs: 'node:http, cached signing key',
  best: {
    none: { polls: 16, handlers: 1_000 },
    steady: { polls: 64, handlers: 1_000 },
    mixed: { polls: 64, handlers: 1_000 },
  },
  start: ({ region, queueUrl: QueueUrl, settings, handle, probe }) => {
    const { polls = 8, handlers = 1_000 } = settings;
    const http = new SignedHttp(
      {
        url: new URL(process.env['AWS_ENDPOINT_URL_SQS'] ?? QueueUrl),
        region,
        accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
      4 * polls,
    );
    startDecoupledLoop({
      polls,
      handlers,
      handle,
      calls: {
        receive: async () => {
          const text = await http.call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
          const { Messages = [] } = JSON.parse(text) as { readonly Messages?: readonly Message[] };
          probe.called();
          received(probe, Messages);
          return Messages;
        },
        delete: async (handles) => {
          const Entries = handles.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
          await http.call('DeleteMessageBatch', { QueueUrl, Entries });
          probe.called();
          for (const handle of handles) probe.deleted(handle);
        },
      },
    });
    return Promise.resolve();
  },
};

import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { HttpRequest } from '@smithy/core/transport';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { Signer } from './sign.js';

/** SHA-256 for the SDK's signer, by the platform. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#hash = createHash('sha256');
    else if (typeof secret === 'string') this.#hash = createHmac('sha256', secret);
    else this.#hash = createHmac('sha256', bytesOf(secret));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error('not used');
  }
}

const bytesOf = (value: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);

const word = fc.stringMatching(/^[A-Za-z0-9+/=-]{1,40}$/);
const calls = fc.record({
  body: fc.string({ unit: 'binary' }),
  host: fc.stringMatching(/^[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20})?(:[1-9][0-9]{0,4})?$/),
  target: fc.constantFrom('AmazonSQS.ReceiveMessage', 'Kinesis_20131202.PutRecords'),
  queryMode: fc.boolean(),
  path: fc.constantFrom('/', '/v1/traces'),
  region: fc.constantFrom('us-east-1', 'eu-central-1'),
  service: fc.constantFrom('sqs', 'kinesis'),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  accessKeyId: word,
  secretAccessKey: word,
  sessionToken: fc.option(word, { nil: undefined }),
});

describe('Signer', () => {
  it('signs as the SDK does, whatever the body, the headers, the credentials and the time', async () => {
    // One signer for all, so that a key kept from an earlier call would be found out.
    const signer = new Signer();

    await fc.assert(
      fc.asyncProperty(calls, async (call) => {
        const { body, host, path, target, queryMode, region, service, at, accessKeyId, secretAccessKey, sessionToken } =
          call;
        const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
        const headers: Record<string, string> = {
          'content-type': 'application/x-amz-json-1.0',
          host,
          'x-amz-target': target,
        };
        if (queryMode) headers['x-amzn-query-mode'] = 'true';
        const sdk = new SignatureV4({ region, service, credentials, sha256: Sha256, applyChecksum: false });
        const request = new HttpRequest({ method: 'POST', path, headers: { ...headers }, body });

        const expected = await sdk.sign(request, { signingDate: at });

        expect(signer.sign(headers, body, { region, service, credentials, at, path })).toEqual(expected.headers);
      }),
    );
  });
});

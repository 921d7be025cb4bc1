import { createHmac, hash } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

/** Name (in lower case) and value of a header. */
export type Header = readonly [name: string, value: string];

/** Where and when a signature counts. */
export interface Scope {
  readonly region: string;
  readonly service: string;
  readonly credentials: AwsCredentialIdentity;
  /** By the server's clock. */
  readonly at: Date;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

interface SigningKey {
  readonly secret: string;
  readonly scope: string;
  readonly key: Buffer;
}

/**
 * Signs requests to `POST /` with Signature Version 4. The signing key costs four HMACs and holds for a day, so the
 * last one is kept. Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export class Signer {
  #last: SigningKey | undefined;

  /** The headers to send: those given (sorted by name, all between `content-type` and `x-amzn-…`), and the signature. */
  sign(headers: readonly Header[], body: string, { region, service, credentials, at }: Scope): Header[] {
    const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const token = credentials.sessionToken;
    const signed = [...headers, ['x-amz-date', time] as const];
    if (token !== undefined) signed.push(['x-amz-security-token', token]);
    signed.sort(([one], [other]) => (one < other ? -1 : 1));
    const names = signed.map(([name]) => name).join(';');
    const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
    const request = hash('sha256', `POST\n/\n\n${lines}\n${names}\n${hash('sha256', body)}`);
    const signature = createHmac('sha256', this.#key(credentials.secretAccessKey, scope))
      .update(`${ALGORITHM}\n${time}\n${scope}\n${request}`)
      .digest('hex');
    const credential = `${credentials.accessKeyId}/${scope}`;
    const value = `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
    return [...signed, ['authorization', value]];
  }

  #key(secret: string, scope: string): Buffer {
    if (this.#last?.secret !== secret || this.#last.scope !== scope) {
      this.#last = { secret, scope, key: scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`) as Buffer };
    }
    return this.#last.key;
  }
}

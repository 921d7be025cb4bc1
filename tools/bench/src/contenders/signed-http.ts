import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';

interface Endpoint {
  readonly url: URL;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const TYPE = 'application/x-amz-json-1.0';
const SIGNED = 'content-type;host;x-amz-date;x-amz-target';

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** SQS by its JSON protocol over kept connections and nothing else; the key of the day is derived once. */
export class SignedHttp {
  readonly #agent: Agent;
  #day = '';
  #key: Buffer = Buffer.alloc(0);

  constructor(
    private readonly endpoint: Endpoint,
    sockets: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets });
  }

  call(operation: string, input: object): Promise<string> {
    const { url } = this.endpoint;
    const payload = JSON.stringify(input);
    const headers = this.#sign(`AmazonSQS.${operation}`, payload);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: url.hostname, port: url.port, method: 'POST', path: '/', agent: this.#agent, headers },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  #sign(target: string, payload: string): Record<string, string | number> {
    const { url, region, accessKeyId } = this.endpoint;
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${date.slice(0, 8)}/${region}/sqs/aws4_request`;
    const digest = createHash('sha256').update(payload).digest('hex');
    const canonical = `POST\n/\n\ncontent-type:${TYPE}\nhost:${url.host}\nx-amz-date:${date}\nx-amz-target:${target}\n\n${SIGNED}\n${digest}`;
    const hashed = createHash('sha256').update(canonical).digest('hex');
    const signature = createHmac('sha256', this.#keyOf(date.slice(0, 8)))
      .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hashed}`)
      .digest('hex');
    return {
      'content-type': TYPE,
      'content-length': Buffer.byteLength(payload),
      host: url.host,
      'x-amz-date': date,
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${SIGNED}, Signature=${signature}`,
    };
  }

  #keyOf(day: string): Buffer {
    if (day === this.#day) return this.#key;
    const { secretAccessKey, region } = this.endpoint;
    this.#key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), 'sqs'), 'aws4_request');
    this.#day = day;
    return this.#key;
  }
}

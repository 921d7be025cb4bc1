import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** An account of AWS, as far as the preconditions of a deployment look at it: credentials are valid, its quota is enough. */
export class ReadyAccount {
  /** Whether `cdk bootstrap` has run. */
  bootstrapped = false;
  readonly #server: Server;

  constructor(readonly id: string) {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
  }

  /** Listens, and gives the variables by which the SDK comes here. */
  async start(): Promise<Record<string, string>> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const names = ['STS', 'SSM', 'SERVICE_QUOTAS', 'ACCOUNT'].map((name) => [`AWS_ENDPOINT_URL_${name}`, url] as const);
    return { ...Object.fromEntries(names), AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = (await text(request)).includes('GetCallerIdentity') ? 'identity' : this.#askedBy(request);
    const answers: Readonly<Record<string, string>> = {
      identity: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${this.id}:user/ada</Arn><UserId>AIDA</UserId><Account>${this.id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      region: JSON.stringify({ RegionOptStatus: 'ENABLED' }),
      quota: JSON.stringify({ Quota: { Value: 1_000 } }),
      ...(this.bootstrapped ? { parameter: JSON.stringify({ Parameter: { Value: '28' } }) } : {}),
    };
    const answer = answers[asked];
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(answer ?? JSON.stringify({ __type: 'ParameterNotFound' }));
  }

  #askedBy({ url, headers }: IncomingMessage): string {
    if (url === '/getRegionOptStatus') return 'region';
    return String(headers['x-amz-target']).endsWith('GetServiceQuota') ? 'quota' : 'parameter';
  }
}

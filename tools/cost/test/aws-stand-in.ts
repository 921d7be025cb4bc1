import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** What the account is like. */
export interface Account {
  account: string;
  credentials: 'valid' | 'invalid';
  region: 'ENABLED' | 'ENABLED_BY_DEFAULT' | 'DISABLED';
  /** Of the bootstrap; undefined where there is none. */
  bootstrap: string | undefined;
  vcpus: number;
}

/**
 * Speaks the protocols of four services on one port, as AWS does: STS in Query with XML, SSM and Service Quotas in JSON
 * 1.1, Account Management in REST with JSON. Answers to what it does not know are 404.
 */
export class AwsStandIn {
  readonly asked: string[] = [];
  readonly #server: Server;

  constructor(readonly state: Account) {
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
    const body = await text(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const [status, type, answer] = this.#reply(request.url ?? '/', target, body);
    response.writeHead(status, { 'content-type': type }).end(answer);
  }

  #reply(path: string, target: string, body: string): readonly [number, string, string] {
    const json = (status: number, value: object, type = 'application/x-amz-json-1.1') =>
      [status, type, JSON.stringify(value)] as const;
    if (new URLSearchParams(body).get('Action') === 'GetCallerIdentity') return this.#identity();
    this.asked.push(target === '' ? path : target);
    if (path === '/getRegionOptStatus')
      return json(200, { RegionName: 'eu-west-1', RegionOptStatus: this.state.region }, 'application/json');
    if (target === 'AmazonSSM.GetParameter')
      return this.state.bootstrap === undefined
        ? json(400, { __type: 'ParameterNotFound' })
        : json(200, {
            Parameter: { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', Value: this.state.bootstrap },
          });
    if (target === 'ServiceQuotasV20190624.GetServiceQuota')
      return json(200, { Quota: { ServiceCode: 'fargate', QuotaCode: 'L-3032A538', Value: this.state.vcpus } });
    return json(404, { __type: 'UnknownOperationException' });
  }

  #identity(): readonly [number, string, string] {
    this.asked.push('GetCallerIdentity');
    const ns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
    if (this.state.credentials === 'invalid')
      return [
        403,
        'text/xml',
        `<ErrorResponse ${ns}><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      ];
    const { account } = this.state;
    return [
      200,
      'text/xml',
      `<GetCallerIdentityResponse ${ns}><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/ada</Arn><UserId>AIDA</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    ];
  }
}

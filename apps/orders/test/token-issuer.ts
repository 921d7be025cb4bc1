import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Stands for the auth service: publishes a key and signs access tokens by it. */
export class TokenIssuer {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  private constructor(
    private readonly server: Server,
    readonly jwksUrl: string,
  ) {}

  static async start(): Promise<TokenIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const issuer = new TokenIssuer(server, `http://127.0.0.1:${port}/jwks.json`);
    const jwk = { ...issuer.keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' };
    server.on('request', (_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    return issuer;
  }

  /** The `authorization` header of a user. */
  bearer(userId: string, roles: readonly string[] = ['customer']): string {
    const now = Math.floor(Date.now() / 1_000);
    const head = encode({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' });
    const claims = encode({
      iss: 'http://localhost:8080/auth',
      aud: 'lethe',
      sub: userId,
      jti: randomUUID(),
      iat: now,
      exp: now + 600,
      roles,
    });
    const signature = sign('sha256', Buffer.from(`${head}.${claims}`), {
      key: this.keys.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `Bearer ${head}.${claims}.${signature.toString('base64url')}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

import { cognitoIssuer, importKeys, type Issuer, ownIssuer, TokenVerifier } from '@lethe/identity';
import { JwtVerifier } from 'aws-jwt-verify';
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import type { SuitePart, MeasuredBound } from '../report/part-report.js';
import { type SideBySide, type SideContender, sideBySide } from '../measure/side-by-side.js';

const HOW = `One token, verified again and again in one process, sixteen calls under way, the contenders in turn and slice by slice;
a bound compares within the rounds. All check algorithm, key, signature, issuer, audience or client, type and times.
\`jose\` has its key imported and its claims asked for; \`aws-jwt-verify\` has its JWKS cached. Ours reads strictly
before it verifies; with its memory it looks the token up and checks its times again (the text is the same object each
time: for one that just came from a socket, add most of a microsecond).`;

interface Subject {
  readonly issuer: Issuer;
  readonly header: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const own: Subject = {
  issuer: ownIssuer({
    issuer: 'https://store.example/auth',
    audience: 'lethe',
    jwksUrl: 'https://store.example/auth/jwks.json',
  }),
  header: { typ: 'at+jwt' },
  claims: { aud: 'lethe', roles: ['customer'] },
};
const cognito: Subject = {
  issuer: cognitoIssuer({ region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientIds: ['web'] }),
  header: {},
  claims: { token_use: 'access', client_id: 'web', 'cognito:groups': ['customer'], scope: 'openid', version: 2 },
};

/** Names of the contenders for one algorithm. */
const named = (algorithm: string) => ({
  jose: `${algorithm}: jose`,
  aws: `${algorithm}: aws-jwt-verify`,
  plain: `${algorithm}: @lethe/identity, no memory`,
  remembering: `${algorithm}: @lethe/identity`,
});

async function contendersFor({ issuer, header, claims }: Subject): Promise<SideContender[]> {
  const { algorithm } = issuer;
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'key', alg: algorithm, use: 'sig' };
  const token = await new SignJWT({ ...claims, sid: 'session' })
    .setProtectedHeader({ alg: algorithm, kid: 'key', ...header })
    .setIssuer(issuer.issuer)
    .setSubject('019d0c5e-7a3c-7f00-8000-000000000000')
    .setJti('019d0c5e-7a3c-7f00-8000-000000000001')
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(pair.privateKey);
  const keys = importKeys({ keys: [jwk] }, algorithm);
  const find = (kid: string) => Promise.resolve(keys.get(kid));
  const plain = new TokenVerifier({ issuer, keys: { find }, remembered: 0 });
  const remembering = new TokenVerifier({ issuer, keys: { find } });
  const key = await importJWK(jwk, algorithm);
  const { aud, token_use: use, client_id: clients } = issuer.claims;
  const asked = { algorithms: [algorithm], issuer: issuer.issuer, maxTokenAge: 900, requiredClaims: ['sub', 'jti'] };
  const options = { ...asked, ...(aud ? { audience: [...aud], typ: 'at+jwt' } : {}) };
  const peer = JwtVerifier.create({ issuer: issuer.issuer, audience: aud?.[0] ?? null, jwksUri: issuer.jwksUrl });
  peer.cacheJwks({ keys: [jwk as Parameters<typeof peer.cacheJwks>[0]['keys'][number]] });
  const names = named(algorithm);
  return [
    {
      name: names.jose,
      operation: async () => {
        const { payload } = await jwtVerify(token, key, options);
        if (use?.includes(String(payload['token_use'])) === false) throw new TypeError('token_use');
        if (clients?.includes(String(payload['client_id'])) === false) throw new TypeError('client_id');
      },
    },
    { name: names.aws, operation: () => peer.verify(token) },
    { name: names.plain, operation: () => plain.verify(token) },
    { name: names.remembering, operation: () => remembering.verify(token) },
  ];
}

function boundsFor(algorithm: string, found: SideBySide): MeasuredBound[] {
  const { jose, aws, plain } = named(algorithm);
  return [
    {
      claim: `${algorithm}: verifications per second without memory, to \`jose\` alone`,
      unit: '×',
      atLeast: 0.9,
      measured: found.speedOf(plain, jose),
    },
    {
      claim: `${algorithm}: verifications per second without memory, to \`aws-jwt-verify\``,
      unit: '×',
      atLeast: 1,
      measured: found.speedOf(plain, aws),
    },
  ];
}

/** Verification of one token, against the libraries that do nothing else. */
export const verificationPart: SuitePart = {
  name: 'verification',
  run: async (extent) => {
    const ecdsa = await sideBySide(await contendersFor(own), extent);
    const rsa = await sideBySide(await contendersFor(cognito), extent);
    return {
      title: 'Verification of an access token',
      how: HOW,
      rows: [...ecdsa.rows, ...rsa.rows],
      bounds: [...boundsFor('ES256', ecdsa), ...boundsFor('RS256', rsa)],
    };
  },
};

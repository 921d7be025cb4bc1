import { provisionTable } from '@lethe/aws/provision';
import { randomUUID } from 'node:crypto';
import { catalogService, rateLimitsTable, revocationsTable, store } from '@lethe/contracts';
import { IdentityModule, ServiceTokens, importKeys, makeServiceKey, ownIssuer } from '@lethe/identity';
import { provisionMessaging } from '@lethe/messaging/provision';
import { createService, parseConfig } from '@lethe/service-kit';
import type { Topology } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import pino from 'pino';
import { AppModule } from '../src/app.module.js';
import { catalogConfigSchema } from '../src/catalog.config.js';
import type { CatalogFixture } from './catalog.fixture.js';

const ISSUER = 'http://localhost:8080/auth';
const pair = await generateKeyPair('ES256', { extractable: true });
const keys = importKeys({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'spec' }] });

const orders = makeServiceKey('orders');
const functions = makeServiceKey('functions');
const known = new Map(Object.entries({ orders, functions }));
const serviceKeys = JSON.stringify({ keys: [orders.publicJwk, functions.publicJwk] });

/** The header of the orders service. */
export const ordersBearer = (): { authorization: string } => serviceBearer('orders');

/** The header of the functions. */
export const functionsBearer = (): { authorization: string } => serviceBearer('functions');

/** The header of a service that calls; only the keys of orders and of the functions are known. */
export function serviceBearer(service: string, to = 'catalog'): { authorization: string } {
  const { privateJwk } = known.get(service) ?? makeServiceKey(service);
  const tokens = new ServiceTokens({ service, key: JSON.stringify(privateJwk) });
  return { authorization: `Bearer ${tokens.tokenFor(to)}` };
}

const identity = IdentityModule.forKeys({
  issuer: ownIssuer({ issuer: ISSUER, audience: 'lethe', jwksUrl: `${ISSUER}/.well-known/jwks.json` }),
  revocations: { table: revocationsTable.name },
  services: { service: catalogService.name, keys: serviceKeys },
  useFactory: () => ({ find: (kid) => Promise.resolve(keys.get(kid)) }),
});

/** The header of a signed-in user with the roles. */
export async function bearer(...roles: string[]): Promise<{ authorization: string }> {
  const token = await new SignJWT({ roles })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'spec' })
    .setIssuer(ISSUER)
    .setAudience('lethe')
    .setSubject(randomUUID())
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(pair.privateKey);
  return { authorization: `Bearer ${token}` };
}

/** Queues and topics under names of this spec's own. */
export async function provision(catalog: CatalogFixture): Promise<Topology> {
  const topology: Topology = { ...store, name: `t-${randomUUID().slice(0, 8)}` };
  await Promise.all([
    provisionMessaging(topology, catalog.clients),
    provisionTable(rateLimitsTable, catalog.clients.dynamodb),
  ]);
  await provisionTable(revocationsTable, catalog.clients.dynamodb);
  return topology;
}

/** One replica of the service, listening on a port of its own. */
export async function startReplica(
  catalog: CatalogFixture,
  topology: Topology,
  imports: { pieceBytes?: number } = {},
  env: Readonly<Record<string, string>> = {},
): Promise<NestFastifyApplication> {
  const config = parseConfig(catalogConfigSchema, {
    DATABASE_URL: catalog.databaseUrl,
    SERVICE_KEYS: serviceKeys,
    IMPORTS_BUCKET: catalog.bucket,
    INSTANCE_ID: `catalog-${randomUUID().slice(0, 8)}`,
    LOG_LEVEL: 'silent',
    PORT: '0',
    AWS_REGION: catalog.region,
    DRAIN_DELAY_MS: '0',
    ...env,
  });
  const app = await createService({
    definition: catalogService,
    topology,
    module: AppModule.forRoot(config, { topology, identity, imports }),
    config,
    logger: pino({ level: 'silent' }),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
}

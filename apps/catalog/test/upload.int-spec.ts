import { request } from 'node:http';
import { Readable } from 'node:stream';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AwsClients } from '@lethe/aws';
import { type Import, importSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import { eventually } from '@lethe/testing';
import type { Topology } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogFixture } from './catalog.fixture.js';
import { retailFile, retailLine } from './import.fixture.js';
import { bearer, provision, startReplica } from './service.fixture.js';

let catalog: CatalogFixture;
let topology: Topology;
let app: NestFastifyApplication;
let url: string;
let admin: { authorization: string };

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  topology = await provision(catalog);
  app = await startReplica(catalog, topology);
  url = await app.getUrl();
  admin = await bearer('admin');
});
afterAll(async () => {
  await app.close();
  await app.get(Database).close();
  await catalog.close();
});

const CSV = { 'content-type': 'text/csv' };
function upload(
  body: string | Readable,
  headers: Record<string, string> = CSV,
  query = '?format=online-retail',
): Promise<Response> {
  return fetch(`${url}/catalog/imports${query}`, {
    method: 'POST',
    headers: { ...admin, ...headers },
    body,
    duplex: 'half',
  });
}
async function importAt(location: string | null): Promise<Import> {
  return importSchema.parse(await (await fetch(`${url}${location}`, { headers: admin })).json());
}
async function kept(): Promise<{ objects: number; imports: number }> {
  const { KeyCount: objects = 0 } = await catalog.clients.s3.send(new ListObjectsV2Command({ Bucket: catalog.bucket }));
  return { objects, imports: (await catalog.query('SELECT 1 FROM catalog_import')).length };
}
/** How often the replica called an operation of S3. The emulator cannot list unfinished uploads. */
function callsOf(operation: string): number {
  return app.get(AwsClients).calls.snapshot()[`s3.${operation}`]?.operations ?? 0;
}

describe('POST /catalog/imports', () => {
  it('answers 202 with Location; the import is then done by a message, and its end can be read', async () => {
    const response = await upload(
      retailFile(retailLine('22423', 'CAKESTAND', 3, '12.75'), retailLine('D', 'DISCOUNT', 1, 1)),
    );

    expect(response.status).toBe(202);
    const location = response.headers.get('location');
    expect(await response.json()).toMatchObject({ id: location?.split('/').at(-1), status: 'pending' });
    await eventually(async () => {
      expect(await importAt(location)).toEqual({
        id: location?.split('/').at(-1),
        status: 'completed',
        rows: 2,
        imported: 1,
        rejectedCount: 1,
        rejected: [{ line: 3, reason: 'not a stock code' }],
      });
    });
  });

  it('R11: streams: an upload may be longer than any other body', async () => {
    const file = retailFile(...Array.from({ length: 40_000 }, () => retailLine('22423', 'CAKESTAND', 1, '12.75')));
    expect(file.length).toBeGreaterThan(2 * 1_048_576);

    const response = await upload(Readable.from([file]));

    expect(response.status).toBe(202);
    await eventually(
      async () => {
        expect(await importAt(response.headers.get('location'))).toMatchObject({ status: 'completed', rows: 40_000 });
      },
      { timeoutMs: 25_000 },
    );
  });

  it('leaves nothing behind where the client breaks off: no file, no parts, no import', async () => {
    await eventually(async () => expect((await kept()).objects).toBe(0));
    const before = await kept();
    const [begun, aborted] = [callsOf('CreateMultipartUpload'), callsOf('AbortMultipartUpload')];
    const client = request(`${url}/catalog/imports?format=shopify`, { method: 'POST', headers: { ...admin, ...CSV } });
    const ended = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
    });
    client.write(Buffer.alloc(12 * 1_048_576, 'x'));
    await eventually(() => expect(callsOf('CreateMultipartUpload')).toBe(begun + 1));

    client.destroy();
    await ended;

    await eventually(() => expect(callsOf('AbortMultipartUpload')).toBe(aborted + 1));
    expect(await kept()).toEqual(before);
  });

  it.each([
    ['another type', { 'content-type': 'application/pdf' }, 415],
    ['JSON', { 'content-type': 'application/json' }, 415],
    ['another character set', { 'content-type': 'text/csv; charset=iso-8859-1' }, 415],
    ['a packed file', { ...CSV, 'content-encoding': 'gzip' }, 415],
  ])('answers 415 for %s', async (_, headers, status) => {
    expect((await upload('{}', headers)).status).toBe(status);
  });

  it.each(['', '?format=excel', '?format=shopify&currency=EUR'])('answers 400 for the query %j', async (query) => {
    expect((await upload('a,b\n', CSV, query)).status).toBe(400);
  });

  it('takes text/csv with UTF-8 said', async () => {
    expect((await upload('Handle\n', { 'content-type': 'text/csv; charset="UTF-8"' }, '?format=shopify')).status).toBe(
      202,
    );
  });
});

describe('GET /catalog/imports/{id}', () => {
  it('answers 404 for an import that is not there', async () => {
    expect((await fetch(`${url}/catalog/imports/${uuidv7()}`, { headers: admin })).status).toBe(404);
    expect((await fetch(`${url}/catalog/imports/x`, { headers: admin })).status).toBe(404);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@lethe/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CatalogFixture } from './catalog.fixture.js';
import { retailFile } from './import.fixture.js';
import { bearer, provision, startReplica } from './service.fixture.js';

describe('POST /catalog/imports', () => {
  let catalog: CatalogFixture;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    catalog = await CatalogFixture.create();
    app = await startReplica(catalog, await provision(catalog), {}, { IMPORTS_PER_USER: '2' });
  });
  afterAll(async () => {
    await app.close();
    await app.get(Database).close();
    await catalog.close();
  });

  it('S51: begins so many imports of an admin in a minute, and refuses more before a byte is read', async () => {
    const url = `${await app.getUrl()}/catalog/imports?format=online-retail`;
    const [admin, other] = [await bearer('admin'), await bearer('admin')];
    const upload = (who: { authorization: string }) =>
      fetch(url, { method: 'POST', headers: { ...who, 'content-type': 'text/csv' }, body: retailFile() });

    expect([(await upload(admin)).status, (await upload(admin)).status]).toEqual([202, 202]);
    const refused = await upload(admin);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await upload(other)).status).toBe(202);
  });
});

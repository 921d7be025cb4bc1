import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { Database } from '@lethe/database';
import { eventually } from '@lethe/testing';
import { CatalogFixture } from './catalog.fixture.js';
import { retailFile, retailLine } from './import.fixture.js';
import { bearer, provision, startReplica } from './service.fixture.js';

describe('an import on ECS', () => {
  it('R28: protects its task from being taken away, until the import is done', async () => {
    const catalog = await CatalogFixture.create();
    const statesWhenAsked: { enabled: boolean; done: number }[] = [];
    const done = () => catalog.query(`SELECT 1 FROM catalog_import WHERE phase = 'done'`);
    const agent = createServer((request, response) => {
      const handle = async () => {
        const { ProtectionEnabled: enabled } = (await json(request)) as { ProtectionEnabled: boolean };
        statesWhenAsked.push({ enabled, done: (await done()).length });
        response.end(JSON.stringify({ protection: { ProtectionEnabled: enabled } }));
      };
      handle().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
    await new Promise<void>((resolve) => {
      agent.listen(0, '127.0.0.1', resolve);
    });
    const ECS_AGENT_URI = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/api/task`;
    const app = await startReplica(catalog, await provision(catalog), {}, { ECS_AGENT_URI });

    const response = await fetch(`${await app.getUrl()}/catalog/imports?format=online-retail`, {
      method: 'POST',
      headers: { ...(await bearer('admin')), 'content-type': 'text/csv' },
      body: retailFile(retailLine('22423', 'CAKESTAND', 3, '12.75')),
    });
    expect(response.status).toBe(202);

    await eventually(() =>
      expect(statesWhenAsked).toEqual([
        { enabled: true, done: 0 },
        { enabled: false, done: 1 },
      ]),
    );
    await app.close();
    await app.get(Database).close();
    agent.close();
    agent.closeAllConnections();
    await catalog.close();
  });
});

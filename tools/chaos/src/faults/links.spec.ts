import { describe, expect, it } from '@jest/globals';
import { Links } from './links.js';

describe('Links', () => {
  it('leads every URL of a backing store over one line, also when they are asked for at once', async () => {
    const links = new Links();
    const urls = ['http://127.0.0.1:4566', 'http://127.0.0.1:4566/bucket'];

    const [queues, files] = await Promise.all(urls.map((url) => links.reroute('queues', url)));
    const tables = await links.reroute('dynamodb', 'http://127.0.0.1:8000');
    await links.close();

    const port = links.get('queues')?.port;
    expect([queues, files]).toEqual([`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}/bucket`]);
    expect(tables).toBe(`http://127.0.0.1:${links.get('dynamodb')?.port}`);
    expect(tables).not.toBe(queues);
  });

  it('leaves all of a URL but its port', async () => {
    const links = new Links();

    const url = await links.reroute('postgres', 'postgres://postgres:p4ss@127.0.0.1:15432/lethe_orders?a=b');
    await links.close();

    expect(url).toBe(`postgres://postgres:p4ss@127.0.0.1:${links.get('postgres')?.port}/lethe_orders?a=b`);
  });
});

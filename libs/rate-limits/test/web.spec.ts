import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { FakeClock } from '@lethe/testing';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { fastify } from 'fastify';
import { RateLimiter } from '../src/rate-limiter.js';
import { expressRateLimit } from '../src/web/express.js';
import { fastifyRateLimit } from '../src/web/fastify.js';
import { type RequestLimits } from '../src/web/limit-request.js';
import { MemoryRateLimits } from './memory-rate-limits.js';

type Ask = (ip: string) => Promise<{ status: number; header(name: string): string | undefined }>;

const limits = (): RequestLimits => ({
  limiter: new RateLimiter({ store: new MemoryRateLimits(new FakeClock()) }),
  rules: [
    { name: 'visitor', limit: 2, windowSeconds: 60, by: 'address' },
    { name: 'all', limit: 3, windowSeconds: 60, by: 'everyone' },
  ],
});

const frameworks: Record<string, (run: (ask: Ask) => Promise<void>) => Promise<void>> = {
  Express: async (run) => {
    const app = express();
    app.set('trust proxy', 1).set('env', 'test');
    app.get('/', expressRateLimit(limits()), (_request, response) => {
      response.send('ok');
    });
    const server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
    const { port } = server.address() as AddressInfo;
    await run(async (ip) => {
      const { status, headers } = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-for': ip } });
      return { status, header: (name) => headers.get(name) ?? undefined };
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  },
  Fastify: async (run) => {
    const app = fastify({ trustProxy: (_address, hop) => hop < 1 });
    app.get('/', { preHandler: fastifyRateLimit(limits()) }, () => 'ok');
    await run(async (ip) => {
      const { statusCode, headers } = await app.inject({ url: '/', headers: { 'x-forwarded-for': ip } });
      return { status: statusCode, header: (name) => headers[name]?.toString() };
    });
    await app.close();
  },
};

describe.each(Object.entries(frameworks))('%s', (_, served) => {
  it('S51: answers 429 with Retry-After when a limit is used up, and says before what is left', async () => {
    await served(async (ask) => {
      const first = await ask('203.0.113.1');
      const statuses = [(await ask('203.0.113.1')).status];
      const refused = await ask('203.0.113.1');

      expect(first.status).toBe(200);
      expect(first.header('ratelimit-policy')).toBe('"visitor";q=2;w=60, "all";q=3;w=60');
      expect(first.header('ratelimit')).toBe('"visitor";r=1;t=60, "all";r=2;t=60');
      expect(statuses).toEqual([200]);
      expect(refused.status).toBe(429);
      expect(refused.header('retry-after')).toBe('60');
      expect(refused.header('ratelimit')).toBe('"visitor";r=0;t=60');
    });
  });

  it('S51: takes nothing of what is for all from whoever has used up his own', async () => {
    await served(async (ask) => {
      for (let index = 0; index < 20; index += 1) await ask('203.0.113.1');

      expect((await ask('203.0.113.2')).status).toBe(200);
      expect((await ask('203.0.113.3')).status).toBe(429);
    });
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startDemo } from './demo-service.js';

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
/** The fields of OTLP's JSON encoding that X-Ray reads, as the protocol has them. */
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.int().min(1).max(5),
              startTimeUnixNano: z.string().regex(/^\d{19}$/),
              endTimeUnixNano: z.string().regex(/^\d{19}$/),
              attributes: z.array(attribute),
              status: z.object({ code: z.int() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

/** A receiver of spans, as a collector is one. */
async function collector(status = 200) {
  const requests: z.output<typeof requestSchema>[] = [];
  const server = createServer((request, response) => {
    const handle = async () => {
      requests.push(requestSchema.parse(await json(request)));
      response.writeHead(status).end('{}');
    };
    handle().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const spans = () =>
    requests.flatMap(({ resourceSpans }) => resourceSpans.flatMap((one) => one.scopeSpans)).flatMap((one) => one.spans);
  return { requests, spans, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces` };
}

describe('traces', () => {
  let close = (): void => undefined;
  afterEach(() => close());
  const start = async (env: Record<string, string>, status?: number) => {
    const made = await collector(status);
    close = () => {
      made.server.close();
      made.server.closeAllConnections();
    };
    return { ...made, ...(await startDemo({ TRACES_URL: made.url, ...env })), collectorUrl: made.url };
  };
  const call = async (url: string, flags?: string) => {
    const headers = flags === undefined ? {} : { traceparent: `00-${TRACE}-${PARENT}-${flags}` };
    const response = await fetch(`${url}/demo/open?limit=5`, { headers });
    return { traceId: response.headers.get('x-trace-id'), body: (await response.json()) as { traceId: string } };
  };

  it('R35: have a span for each request, in the trace of its caller, by the route and without its query', async () => {
    const { app, url, spans, requests } = await start({ TRACES_PERCENT: '0' });

    const { traceId, body } = await call(url, '01');
    await app.close();

    expect([traceId, body.traceId]).toEqual([TRACE, TRACE]);
    expect(spans()).toMatchObject([
      { traceId: TRACE, parentSpanId: PARENT, name: 'GET /demo/open', kind: 2, status: { code: 0 } },
    ]);
    expect(requests[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'demo' },
    });
    expect(JSON.stringify(requests)).not.toContain('limit=5');
  });

  it('begin here as often as is asked for, and nobody is recorded whose caller is not', async () => {
    const all = await start({ TRACES_PERCENT: '100' });
    const begun = await call(all.url);
    await call(all.url, '00');
    await all.app.close();

    expect(all.spans().map(({ traceId }) => traceId)).toEqual([begun.traceId]);
  });

  it('have an identity in logs and answers where they are not recorded', async () => {
    const { app, url, spans, lines } = await start({ TRACES_PERCENT: '0' });

    const { traceId } = await call(url);
    await app.close();

    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ traceId });
    expect(spans()).toEqual([]);
  });

  it('are dropped, and said to be, where nobody takes them', async () => {
    const { app, url, lines } = await start({ TRACES_PERCENT: '100' }, 503);

    const { traceId } = await call(url);
    await app.close();

    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(lines.filter(({ msg }) => msg === 'spans were not sent')).toHaveLength(1);
  });
});

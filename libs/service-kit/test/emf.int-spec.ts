import { describe, expect, it } from '@jest/globals';
import { eventually } from '@lethe/testing';
import { drain } from '../src/drain/drain.js';
import { createLogger } from '../src/observe/logger.js';
import { startDemo } from './demo-service.js';
import { parseEmf } from './parse-emf.js';

const silent = createLogger({ service: 'demo', instance: 'demo-1', level: 'silent' });

async function metricsAfterDrain(env: Record<string, string>) {
  const { app, url, lines } = await startDemo(env);
  await (await fetch(`${url}/demo/open`)).text();
  await (await fetch(`${url}/nowhere`)).text();
  await drain(app, { delayMs: 0, logger: silent });
  return lines.flatMap((line) => parseEmf(JSON.stringify(line)));
}

describe('metrics in the log', () => {
  it('are written when the replica ends, with what was not told before', async () => {
    const found = await metricsAfterDrain({ METRICS: 'emf' });

    const of = (route: string) =>
      found.filter(({ name, dimensions }) => name === 'Requests' && dimensions['route'] === route);
    expect(of('GET /demo/open')).toMatchObject([{ dimensions: { service: 'demo', outcome: 'answered' }, values: [1] }]);
    expect(of('GET unmatched')).toMatchObject([{ dimensions: { service: 'demo', outcome: 'refused' }, values: [1] }]);
  });

  it('are written at every interval', async () => {
    const { app, lines } = await startDemo({ METRICS: 'emf', METRICS_INTERVAL_SECONDS: '1' });

    await eventually(() => expect(lines.some((line) => '_aws' in line)).toBe(true));

    await app.close();
  });

  it('are not written unless that is asked for', async () => {
    expect(await metricsAfterDrain({})).toEqual([]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestCloud } from '@lethe/local-cloud';
import { loadSecrets, provisionStore, storeServices } from '@lethe/store';
import { thisMachine } from '../report/machine.js';
import { median } from '../report/statistics.js';
import { figure } from '../report/table.js';
import { type Contender, prepareService } from './prepared-service.js';
import { startProgram } from './started-program.js';
import type { ServiceStartup, StartupReport } from './startup-report.js';

/** How often, and how long a replica is left alone before its memory is looked at. */
interface Extent {
  readonly starts: number;
  readonly idles: number;
  readonly idleMs: number;
}

const FULL: Extent = { starts: 15, idles: 3, idleMs: 10_000 };
const QUICK: Extent = { starts: 5, idles: 1, idleMs: 3_000 };

/** Starts of one contender, by round. */
interface Samples {
  readonly readyMs: number[];
  readonly cpuMs: number[];
  readonly residentMiB: number[];
}

/** Starts the services that are asked for, each beside an empty one. */
export async function benchStartup(
  { quick, only }: { readonly quick: boolean; readonly only: RegExp | undefined },
  progress: (line: string) => void,
): Promise<StartupReport> {
  const cloud = await startTestCloud();
  const folder = mkdtempSync(join(tmpdir(), 'lethe-startup-'));
  try {
    Object.assign(process.env, cloud.env);
    await provisionStore(cloud.env['AWS_REGION'] ?? '');
    const names = storeServices.map(({ name }) => name);
    const secrets = loadSecrets(join(folder, 'secrets'), names, undefined);
    const services: ServiceStartup[] = [];
    for (const service of storeServices) {
      if (only?.test(service.name) === false) continue;
      const contenders = await prepareService(service, { cloud, secrets, folder });
      const found = await measure(service.name, contenders, quick ? QUICK : FULL);
      for (const { program, cached, readyMs, residentMiB } of found.rows)
        progress(`${program}${cached ? ', cached' : ''}: ${figure(readyMs)} ms, ${figure(residentMiB)} MiB`);
      services.push(found);
    }
    const packages = ['esbuild', '@nestjs/core', 'fastify', 'typeorm', 'pg', '@aws-sdk/client-sqs'];
    return { at: new Date().toISOString(), quick, machine: thisMachine(packages), services };
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(service: string, contenders: readonly Contender[], extent: Extent): Promise<ServiceStartup> {
  const measured = contenders.map((contender) => {
    const samples: Samples = { readyMs: [], cpuMs: [], residentMiB: [] };
    return { contender, samples };
  });
  // The first round is not counted: files come from the disk.
  for (let round = 0; round <= extent.starts; round += 1) {
    for (const { contender, samples } of measured) {
      const started = await startProgram(contender);
      await started.stop();
      if (round === 0) continue;
      samples.readyMs.push(started.readyMs);
      samples.cpuMs.push(started.cpuMs);
    }
  }
  for (let round = 0; round < extent.idles; round += 1) {
    const idle = await Promise.all(measured.map(({ contender }) => startProgram(contender)));
    await pause(extent.idleMs);
    for (const [at, { samples }] of measured.entries()) samples.residentMiB.push(idle[at]?.residentMiB() ?? Number.NaN);
    await Promise.all(idle.map((started) => started.stop()));
  }
  const rows = measured.map(({ contender: { program, cached, contentBytes }, samples }) => ({
    program,
    cached,
    contentBytes,
    readyMs: median(samples.readyMs),
    cpuMs: median(samples.cpuMs),
    residentMiB: median(samples.residentMiB),
  }));
  const ratios = [false, true].map((cached) => {
    const of = (which: Contender['of']): Samples | undefined =>
      measured.find(({ contender }) => contender.of === which && contender.cached === cached)?.samples;
    const ratio = (figureOf: keyof Samples): number => medianRatio(of('service')?.[figureOf], of('empty')?.[figureOf]);
    return { cached, ready: ratio('readyMs'), resident: ratio('residentMiB') };
  });
  return { service, rows, ratios };
}

/** The median of the ratios within the rounds. */
function medianRatio(dividends: readonly number[] = [], divisors: readonly number[] = []): number {
  return median(dividends.map((dividend, at) => dividend / (divisors[at] ?? Number.NaN)));
}

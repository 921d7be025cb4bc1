import { resourcesOf } from '@lethe/topology';
import { loadContender } from '../contenders/registry.js';
import { UnfairRunError } from '../bench.errors.js';
import { Probe } from '../measure/probe.js';
import { benchTopology } from '../topology.js';
import { handlerOf, workloads } from '../workload.js';
import type { ConsumeJob, ConsumeResult } from './job.js';
import { work } from './report.js';

// Entry of a contender's own process.

/** Milliseconds beyond warm-up and cap after which a run is given up: the contender has stopped to consume. */
const PATIENCE_MS = 20_000;

async function consume(job: ConsumeJob): Promise<ConsumeResult> {
  const contender = await loadContender(job.contender);
  const topology = benchTopology(job.topology);
  const [queue] = resourcesOf(topology).queues;
  const probe = new Probe(job.window);
  const handler = handlerOf(workloads[job.workload]);
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL_SQS: endpoint, AWS_ACCOUNT_ID: account } = process.env;
  const queueName = queue?.name ?? '';
  await contender.start({
    region,
    queueName,
    queueUrl: `${endpoint}/${account}/${queueName}`,
    topology,
    settings: job.settings,
    handle: handler.handle,
    probe,
  });
  const timer = setTimeout(() => probe.giveUp(), job.window.warmUpMs + job.window.capMs + PATIENCE_MS);
  const measurement = await probe.measurement;
  clearTimeout(timer);
  if (handler.calls < measurement.messages)
    throw new UnfairRunError(`${job.contender} deleted ${measurement.messages} and handled ${handler.calls} messages`);
  return { measurement, handled: handler.calls };
}

await work(consume);

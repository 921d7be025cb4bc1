import { resourcesOf } from '@lethe/topology';
import { loadContender } from '../contenders/registry.js';
import { benchTopology } from '../topology.js';
import type { BacklogJob, BacklogResult, MemorySample } from './job.js';
import { work } from './report.js';

// Entry of a consumer that works off a long backlog while its memory is watched. Run with --expose-gc.

const MIB = 1_048_576;

/** Live heap after a full collection; largest resident set so far. */
function sample(messages: number): MemorySample {
  globalThis.gc?.();
  return {
    messages,
    heapMiB: process.memoryUsage().heapUsed / MIB,
    peakMiB: process.resourceUsage().maxRSS / 1_024,
  };
}

async function backlog({ contender: name, topology: topologyName, count, every }: BacklogJob): Promise<BacklogResult> {
  const contender = await loadContender(name);
  const topology = benchTopology(topologyName);
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL_SQS: endpoint, AWS_ACCOUNT_ID: account } = process.env;
  const queueName = resourcesOf(topology).queues[0]?.name ?? '';
  const samples: MemorySample[] = [];
  const { promise, resolve } = Promise.withResolvers<BacklogResult>();
  let deleted = 0;
  await contender.start({
    region,
    queueName,
    queueUrl: `${endpoint}/${account}/${queueName}`,
    topology,
    settings: {},
    handle: () => Promise.resolve(),
    probe: {
      called: () => undefined,
      received: () => undefined,
      deleted: () => {
        deleted += 1;
        if (deleted % every === 0) samples.push(sample(deleted));
        if (deleted === count) resolve({ samples });
      },
    },
  });
  return promise;
}

await work(backlog);

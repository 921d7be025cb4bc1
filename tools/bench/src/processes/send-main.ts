import { resourcesOf } from '@lethe/topology';
import { UsageError } from '../bench.errors.js';
import { SendMeter, type SendMeasurement } from '../measure/send-meter.js';
import { senders } from '../senders/registry.js';
import { benchTopology } from '../topology.js';
import type { SendJob } from './job.js';
import { work } from './report.js';

// Entry of a sender's own process.

async function send({ sender: name, topology: topologyName, window }: SendJob): Promise<SendMeasurement> {
  const sender = senders.find((it) => it.name === name);
  if (!sender) throw new UsageError(`there is no sender ${name}`);
  const topology = benchTopology(topologyName);
  const { AWS_REGION: region = '', AWS_ENDPOINT_URL_SQS: endpoint, AWS_ACCOUNT_ID: accountId = '' } = process.env;
  const queueUrl = `${endpoint}/${accountId}/${resourcesOf(topology).queues[0]?.name}`;
  const meter = new SendMeter(window);
  await sender.send({ region, accountId, queueUrl, topology, meter });
  return meter.measurement;
}

await work(send);

import type { AwsClients } from '@lethe/aws';
import type { Topology } from '@lethe/topology';

export async function provisionMessaging(topology: Topology, clients: AwsClients): Promise<void> {
  await clients.sqs.config.region();
  void topology;
}

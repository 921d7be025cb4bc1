import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalCloudError } from '../local-cloud.errors.js';
import { pickPort } from '../ports.js';
import { startTestValkey, type TestValkey } from './test-valkey.js';

/** A cluster of one spec's own. */
export interface TestValkeyCluster {
  /** Of one node, with `?cluster=true`. */
  readonly url: string;
  readonly nodes: readonly TestValkey[];
  stop(): Promise<void>;
}

/** Hash slots of a cluster: https://valkey.io/topics/cluster-spec/. */
const SLOTS = 16_384;
const NODES = 3;
const READY_TIMEOUT_MS = 20_000;

/** Sends one inline command to a node; answers with its first packet. */
async function tell(port: number, command: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  const text = answer.toString();
  if (text.startsWith('-')) throw new LocalCloudError(`Valkey refuses ${command}: ${text.trim()}`);
  return text;
}

async function untilFormed(ports: readonly number[]): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (const port of ports) {
    while (!(await tell(port, 'CLUSTER INFO')).includes('cluster_state:ok')) {
      if (performance.now() > deadline) throw new LocalCloudError('the cluster did not form in time');
      await delay(20);
    }
  }
}

/** Starts three primaries of a cluster without replicas; they end with this process. */
export async function startTestValkeyCluster(): Promise<TestValkeyCluster> {
  // The bus's own port is the other's plus 10,000, which high ports do not have.
  const buses = [await pickPort(), await pickPort(), await pickPort()];
  const nodes = await Promise.all(
    buses.map((bus) => startTestValkey(['--cluster-enabled', 'yes', '--cluster-port', String(bus)])),
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const [first] = nodes;
  try {
    if (first === undefined) throw new LocalCloudError('the cluster has no nodes');
    await Promise.all(
      nodes.map(({ port }, at) => {
        const [from, to] = [Math.floor((at * SLOTS) / NODES), Math.floor(((at + 1) * SLOTS) / NODES) - 1];
        return tell(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`);
      }),
    );
    await Promise.all(nodes.map(({ port }, at) => tell(port, `CLUSTER SET-CONFIG-EPOCH ${at + 1}`)));
    await Promise.all(nodes.slice(1).map(({ port }) => tell(port, `CLUSTER MEET 127.0.0.1 ${first.port} ${buses[0]}`)));
    await untilFormed(nodes.map(({ port }) => port));
    return { url: `${first.url}?cluster=true`, nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { VirtualTime } from '@lethe/kernel/virtual-time';
import { AwsSimulator } from '../../src/testing/aws-simulator.js';
import { cases } from './cases.js';
import { describeSqsSns } from './conformance.js';

describeSqsSns(
  'the simulator answers as AWS does',
  () => {
    const time = new VirtualTime();
    const { clients } = new AwsSimulator({ time });
    return { clients, run: (work) => time.run(work), close: () => undefined };
  },
  cases,
);

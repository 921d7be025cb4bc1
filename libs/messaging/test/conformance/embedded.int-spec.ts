import { createClients } from '@lethe/aws';
import { cases } from './cases.js';
import { describeSqsSns } from './conformance.js';
import { exceptions } from './embedded.exceptions.js';

describeSqsSns(
  'the embedded server answers as AWS does, but for a list',
  () => {
    const clients = createClients({ region: process.env['AWS_REGION'] ?? 'us-east-1' });
    return { clients, run: (work) => work, close: () => clients.close() };
  },
  cases,
  exceptions,
);

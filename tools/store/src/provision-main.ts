import { provisionStore } from './provision.js';

// A step of its own, as `cdk deploy` is on AWS: the endpoints come from the environment it is given.
await provisionStore(process.env['AWS_REGION'] ?? 'us-east-1');

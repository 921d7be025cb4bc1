import { provisionStore } from './provision.js';
import { provisionWorkflows } from './provision-workflows.js';

// A step of its own, as `cdk deploy` is on AWS: the endpoints come from the environment it is given.
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const accountId = process.env['AWS_ACCOUNT_ID'] ?? '000000000000';
await Promise.all([provisionStore(region), provisionWorkflows(region, accountId)]);

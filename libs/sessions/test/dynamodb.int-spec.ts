import { dynamodbPlace } from './support/dynamodb-place.js';
import { describeSessions } from './support/session-policy-contract.js';
import { describeSessionStore } from './support/session-store-contract.js';

describeSessionStore('DynamoDB', dynamodbPlace);
describeSessions('DynamoDB', dynamodbPlace);

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { watchedQueues } from '@lethe/contracts';
import { queueDepths } from '../alarms/queue-depths.js';
import { RaisedAlarms } from '../alarms/raised-alarms.js';
import { watchDeadLetters } from '../alarms/watch-dead-letters.js';
import { functionsConfigSchema, readConfig } from '../functions.config.js';
import { Mailer } from '../mail/mailer.js';
import { sdkConfig } from '../sdk.js';

const config = readConfig(
  functionsConfigSchema.pick({ AWS_REGION: true, MAIL_FROM: true, OPERATORS_MAIL: true, NOTES_TABLE: true }),
);
const sqs = new SQSClient(sdkConfig(config.AWS_REGION));
const parts = {
  depths: () => queueDepths(sqs, watchedQueues),
  raised: new RaisedAlarms(new DynamoDBClient(sdkConfig(config.AWS_REGION)), config.NOTES_TABLE),
  mailer: new Mailer(config.AWS_REGION, config.MAIL_FROM),
  operators: config.OPERATORS_MAIL,
};

/** A tick of the schedule; what it says of itself is not read. */
export const handler = () => watchDeadLetters(parts);

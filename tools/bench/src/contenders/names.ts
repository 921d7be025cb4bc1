/** Names that bounds speak of. */
export const SQS_CONSUMER = 'sqs-consumer';
export const SDK_LOOP = 'SDK loop by hand';
export const BARE_LOOP = 'bare HTTP loop';
export const LETHE_CONSUMER = 'Lethe SqsConsumer';
export const LETHE_CONSUMER_SDK = 'Lethe SqsConsumer, SDK transport';
export const LETHE_SERVER = 'Lethe SqsServer under Nest';

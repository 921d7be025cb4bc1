import { NoSuchBucket, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';

interface Details {
  readonly message: string;
  readonly $metadata: { readonly httpStatusCode: number; readonly attempts: number };
}

function details(message: string, httpStatusCode = 400): Details {
  return { message, $metadata: { httpStatusCode, attempts: 1 } };
}

const SQS_CLASSES: Readonly<Record<string, new (details: Details) => Error>> = {
  BatchEntryIdsNotDistinct: sqs.BatchEntryIdsNotDistinct,
  BatchRequestTooLong: sqs.BatchRequestTooLong,
  EmptyBatchRequest: sqs.EmptyBatchRequest,
  InvalidAttributeName: sqs.InvalidAttributeName,
  InvalidMessageContents: sqs.InvalidMessageContents,
  QueueDoesNotExist: sqs.QueueDoesNotExist,
  QueueNameExists: sqs.QueueNameExists,
  ReceiptHandleIsInvalid: sqs.ReceiptHandleIsInvalid,
  RequestThrottled: sqs.RequestThrottled,
  TooManyEntriesInBatchRequest: sqs.TooManyEntriesInBatchRequest,
  UnsupportedOperation: sqs.UnsupportedOperation,
};

/** An error as the SDK's SQS client throws it; of the SDK's class where it has one for the code. */
export function sqsError(code: string, message: string): Error {
  const known = SQS_CLASSES[code];
  if (known) return new known(details(message));
  return new sqs.SQSServiceException({ name: code, $fault: 'client', ...details(message) });
}

const SNS_CLASSES: Readonly<Record<string, new (details: Details) => Error>> = {
  BatchEntryIdsNotDistinct: sns.BatchEntryIdsNotDistinctException,
  BatchRequestTooLong: sns.BatchRequestTooLongException,
  EmptyBatchRequest: sns.EmptyBatchRequestException,
  InvalidParameter: sns.InvalidParameterException,
  NotFound: sns.NotFoundException,
  Throttled: sns.ThrottledException,
  TooManyEntriesInBatchRequest: sns.TooManyEntriesInBatchRequestException,
};

/** An error as the SDK's SNS client throws it. */
export function snsError(code: string, message: string): Error {
  const known = SNS_CLASSES[code];
  if (known) return new known(details(message));
  return new sns.SNSServiceException({ name: code, $fault: 'client', ...details(message) });
}

/** An error as the SDK's S3 client throws it. */
export function s3Error(code: string, message: string): Error {
  if (code === 'NoSuchKey') return new NoSuchKey(details(message, 404));
  if (code === 'NoSuchBucket') return new NoSuchBucket(details(message, 404));
  return new S3ServiceException({ name: code, $fault: code === 'SlowDown' ? 'server' : 'client', ...details(message) });
}

/** A request that the service refused for its rate. */
export function throttled(service: Service): Error {
  if (service === 'sqs') return sqsError('RequestThrottled', 'Rate exceeded');
  return service === 'sns'
    ? snsError('Throttled', 'Rate exceeded')
    : s3Error('SlowDown', 'Please reduce your request rate.');
}

export type Service = 'sqs' | 'sns' | 's3';

/** What a client sees of a request or an answer that the network lost. */
export function connectionLost(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $metadata: { attempts: 3 } });
}

/** What a client throws where its caller's signal was aborted. */
export function aborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}

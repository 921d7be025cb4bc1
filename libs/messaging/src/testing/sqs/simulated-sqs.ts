import type * as sqs from '@aws-sdk/client-sqs';
import { sqsError } from '../wire/aws-errors.js';
import type { Faults } from '../faults.js';
import type { History } from '../history.js';
import type { Operations } from '../wire/operations.js';
import { type BatchOptions, carryOutBatch } from './batch.js';
import { messageOf, md5 } from './message-output.js';
import type { Queues } from './queues.js';
import type { SimulatedQueue } from './simulated-queue.js';
import { type Attributes, type Draft, hasInvalidCharacters, storedBytes } from './stored-message.js';

/** Bytes of all entries of a batch together. Source: SendMessageBatch. */
const MAX_BATCH_BYTES = 1_048_576;
/** Source: "Amazon SQS message quotas". */
const MAX_ATTRIBUTES = 10;

type Entry = sqs.SendMessageBatchRequestEntry | sqs.SendMessageCommandInput;

/** The operations of the simulated SQS, by command. */
export class SimulatedSqs {
  readonly operations: Operations = {
    SendMessageCommand: (input: sqs.SendMessageCommandInput) => this.#send(this.#queue(input), input),
    SendMessageBatchCommand: (input: sqs.SendMessageBatchCommandInput) => this.#sendBatch(input),
    ReceiveMessageCommand: (input: sqs.ReceiveMessageCommandInput, signal) => this.#receive(input, signal),
    DeleteMessageCommand: (input: sqs.DeleteMessageCommandInput) => {
      this.#queue(input).delete(input.ReceiptHandle ?? '', 'DeleteMessage');
      return {};
    },
    DeleteMessageBatchCommand: (input: sqs.DeleteMessageBatchCommandInput) => {
      const queue = this.#queue(input);
      const options = this.#batch('DeleteMessageBatch', queue);
      return carryOutBatch(input.Entries, options, ({ ReceiptHandle = '' }, index) => {
        queue.delete(ReceiptHandle, 'DeleteMessageBatch', index);
        return {};
      });
    },
    ChangeMessageVisibilityCommand: (input: sqs.ChangeMessageVisibilityCommandInput) => {
      this.#queue(input).changeVisibility(input.ReceiptHandle ?? '', input.VisibilityTimeout ?? NaN);
      return {};
    },
    ChangeMessageVisibilityBatchCommand: (input: sqs.ChangeMessageVisibilityBatchCommandInput) => {
      const queue = this.#queue(input);
      const options = this.#batch('ChangeMessageVisibilityBatch', queue);
      return carryOutBatch(input.Entries, options, ({ ReceiptHandle = '', VisibilityTimeout = NaN }) => {
        queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
        return {};
      });
    },
    PurgeQueueCommand: (input: sqs.PurgeQueueCommandInput) => {
      this.#queue(input).purge();
      return {};
    },
  };

  constructor(
    private readonly queues: Queues,
    private readonly faults: Faults,
    private readonly history: History,
  ) {}

  #queue({ QueueUrl }: { readonly QueueUrl: string | undefined }): SimulatedQueue {
    return this.queues.byUrl(QueueUrl);
  }

  #batch(operation: string, { name: resource }: SimulatedQueue): BatchOptions {
    return { service: 'sqs', operation, resource, faults: this.faults, history: this.history };
  }

  #send(queue: SimulatedQueue, entry: Entry): Omit<sqs.SendMessageResult, '$metadata'> {
    const draft = draftOf(queue, entry);
    const { id, sequence } = queue.send(draft);
    return {
      MessageId: id,
      MD5OfMessageBody: md5(draft.body),
      ...(queue.settings.fifo && { SequenceNumber: String(sequence).padStart(20, '0') }),
    };
  }

  #sendBatch(input: sqs.SendMessageBatchCommandInput): object {
    const queue = this.#queue(input);
    const bytes = input.Entries?.reduce(
      (sum, { MessageBody = '', MessageAttributes = {} }) => sum + storedBytes(MessageBody, MessageAttributes),
      0,
    );
    if ((bytes ?? 0) > MAX_BATCH_BYTES)
      throw sqsError('BatchRequestTooLong', `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes.`);
    return carryOutBatch(input.Entries, this.#batch('SendMessageBatch', queue), (entry) => this.#send(queue, entry));
  }

  async #receive(input: sqs.ReceiveMessageCommandInput, signal: AbortSignal | undefined): Promise<object> {
    const queue = this.#queue(input);
    const { MaxNumberOfMessages: max = 1, WaitTimeSeconds: waitSeconds, VisibilityTimeout: visibilitySeconds } = input;
    if (!(max >= 1 && max <= 10))
      throw sqsError('InvalidParameterValue', `Value ${max} for parameter MaxNumberOfMessages is invalid.`);
    if (waitSeconds !== undefined && !(waitSeconds >= 0 && waitSeconds <= 20))
      throw sqsError('InvalidParameterValue', `Value ${waitSeconds} for parameter WaitTimeSeconds is invalid.`);
    this.queues.polled.add(queue.name);
    const deliveries = await queue.receive({ max, waitSeconds, visibilitySeconds, signal });
    return deliveries.length === 0 ? {} : { Messages: deliveries.map((delivery) => messageOf(delivery, input)) };
  }
}

/** Throws the SDK's error for what SQS does not take. */
function draftOf({ settings }: SimulatedQueue, entry: Entry): Draft {
  const { MessageBody: body = '', MessageAttributes: attributes = {}, DelaySeconds: delaySeconds } = entry;
  if (body === '') throw sqsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  if (hasInvalidCharacters(body)) throw sqsError('InvalidMessageContents', 'Invalid characters found.');
  checkAttributes(attributes);
  if (storedBytes(body, attributes) > settings.maxBytes)
    throw sqsError('InvalidParameterValue', `Message must be shorter than ${settings.maxBytes} bytes.`);
  const groupId = entry.MessageGroupId;
  const deduplicationId = entry.MessageDeduplicationId;
  const fifo = settings.fifo;
  if (fifo && groupId === undefined)
    throw sqsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  if (fifo && deduplicationId === undefined && !settings.deduplicatesByContent)
    throw sqsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  if (!fifo && deduplicationId !== undefined)
    throw sqsError('InvalidParameterValue', 'MessageDeduplicationId is not valid for this queue type');
  if (delaySeconds !== undefined && (fifo ? delaySeconds !== 0 : !(delaySeconds >= 0 && delaySeconds <= 900)))
    throw sqsError('InvalidParameterValue', `Value ${delaySeconds} for parameter DelaySeconds is invalid.`);
  return {
    body,
    attributes: { ...attributes },
    groupId,
    deduplicationId,
    delaySeconds: fifo ? undefined : delaySeconds,
  };
}

function checkAttributes(attributes: Attributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES)
    throw sqsError(
      'InvalidParameterValue',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!DataType || (!StringValue && !BinaryValue?.byteLength))
      throw sqsError(
        'InvalidParameterValue',
        `The message attribute '${name}' must contain a non-empty value and type.`,
      );
  }
}

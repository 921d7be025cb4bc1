import { createHash } from 'node:crypto';
import { type TextAttributes, messageBytes, textAttributes } from '../batches.js';
import type { Destination } from '../destinations.js';
import { AttributeLimitError, PublishError } from '../messaging.errors.js';
import type { PublishEntry } from './publish-entry.js';

/** Attributes that SQS takes and that SNS delivers raw. Source: "Amazon SQS message metadata", "Amazon SNS message attributes". */
const MAX_ATTRIBUTES = 10;
/** Source: DelaySeconds of SendMessage. */
const MAX_DELAY_SECONDS = 900;
/** What SQS and SNS take as MessageGroupId and MessageDeduplicationId. Source: SendMessage. */
const TOKEN = /^[\x21-\x7e]{1,128}$/;

/** What {@link prepare} makes of an entry. */
export interface Prepared {
  readonly attributes: TextAttributes;
  /** MessageGroupId. */
  readonly group: string | undefined;
}

/** One entry on its way, in the form in which it goes out. */
export class Outgoing {
  body: string;
  readonly attributes: TextAttributes;
  readonly group: string | undefined;
  /** UTF-8 bytes as AWS counts them. */
  bytes: number;
  /** Requests in which it went out. */
  attempts = 0;
  /** Whether its data lies in S3. */
  checked = false;

  constructor(
    readonly entry: PublishEntry,
    { attributes, group }: Prepared,
    /** The number of the call that brought it. */
    readonly issued: number,
    /** Ends the promise of the caller. */
    readonly settle: (error?: PublishError) => void,
  ) {
    this.body = entry.body;
    this.attributes = attributes;
    this.group = group;
    this.bytes = messageBytes(this.body, attributes);
  }

  get id(): string {
    return this.entry.id;
  }

  /** The same under another body: a reference to what it was. */
  check(body: string): void {
    this.body = body;
    this.bytes = messageBytes(body, this.attributes);
    this.checked = true;
  }
}

/** What the destination takes, checked before the wire. Throws a {@link PublishError} that says what it would refuse. */
export function prepare(entry: PublishEntry, destination: Destination): Prepared {
  const { definition, traceparent, delaySeconds } = entry;
  const attributes = textAttributes({ ...entry.attributes, type: definition.type, traceparent });
  const names = Object.keys(attributes);
  if (names.length > MAX_ATTRIBUTES) throw new AttributeLimitError(destination.name, names, MAX_ATTRIBUTES);
  if (delaySeconds !== undefined) checkDelay(delaySeconds, destination);
  return { attributes, group: groupOf(entry, destination) };
}

/** What SQS and SNS take as the id of a group or for deduplication: the text itself, or what only the same text gives. */
export function tokenOf(text: string): string {
  return TOKEN.test(text) ? text : `sha256-${createHash('sha256').update(text).digest('hex')}`;
}

function checkDelay(seconds: number, { kind, name, fifo }: Destination): void {
  const refuse = (detail: string) => new PublishError(name, 'InvalidDelay', detail, true);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_DELAY_SECONDS)
    throw refuse(
      `${seconds} is not a whole number of seconds up to ${MAX_DELAY_SECONDS}: later is the outbox's deliverAt`,
    );
  if (seconds > 0 && (kind === 'topic' || fifo))
    throw refuse(
      `${kind === 'topic' ? 'SNS knows no delay' : 'SQS delays no single message of a FIFO queue'}: use the outbox's deliverAt`,
    );
}

function groupOf({ group, body }: PublishEntry, { name, fifo, fair }: Destination): string | undefined {
  if (!fifo) return fair && group !== undefined && group !== '' ? tokenOf(group) : undefined;
  const subject = group ?? subjectOf(body);
  if (subject === undefined || subject === '')
    throw new PublishError(name, 'MissingGroup', 'a message to a FIFO destination needs a group or a subject', true);
  return tokenOf(subject);
}

function subjectOf(body: string): string | undefined {
  const { subject } = JSON.parse(body) as { subject?: unknown };
  return typeof subject === 'string' ? subject : undefined;
}

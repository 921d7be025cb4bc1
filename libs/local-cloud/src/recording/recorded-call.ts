/** A kind of call to AWS that somebody made, and how often. */
export interface RecordedCall {
  /** The access key that signed it: locally the name of a role. */
  readonly caller: string;
  /** As IAM names what it needs, such as `sqs:SendMessage` for a batch too. */
  readonly action: string;
  /** The ARN that IAM decides about, as far as the request tells; `*` where the action knows no resource. */
  readonly resource: string;
  /** What the partition key begins with, of items of a table. */
  readonly leadingKey?: string;
  readonly calls: number;
}

/** What one request needs. */
export type NeededPermission = Pick<RecordedCall, 'action' | 'resource' | 'leadingKey'>;

/** A request as the recorder has seen it, with its body where that tells what it is. */
export interface ObservedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Of the answer. */
  readonly status: number;
  readonly region: string;
}

/** What recorded requests are read with. */
export interface RecordingFacts {
  readonly accountId: string;
  /** The partition key of each table, which an item to be put does not tell. */
  readonly partitionKeys: Readonly<Record<string, string>>;
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}|\d{2,}/gi;
/** Digests and other random text: long, with a digit and a capital. */
const DIGEST = /(?<=^|\/)(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{12,}(?=$|\/)/g;

/**
 * A name without what is different each time, such as ids and numbers: `uploads/0190…` is `uploads/{}`. So a recording
 * grows with the kinds of calls and not with their number.
 */
export function kindOfName(name: string): string {
  return name.replaceAll(DIGEST, '{}').replaceAll(ID, '{}');
}

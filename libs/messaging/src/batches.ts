/** Entries that SQS and SNS take in one request. Source: SendMessageBatch, PublishBatch. */
export const MAX_BATCH_ENTRIES = 10;

/** A text attribute of a message. */
export interface TextAttribute {
  readonly DataType: 'String';
  readonly StringValue: string;
}
export type TextAttributes = Readonly<Record<string, TextAttribute>>;

/** Attributes of these texts; those without a value are left out, as SQS and SNS refuse an empty one. */
export function textAttributes(values: Readonly<Record<string, string | undefined>>): TextAttributes {
  const entries = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, { DataType: 'String', StringValue: value }] as const],
  );
  return Object.fromEntries(entries);
}

/**
 * The size of a message as AWS counts it against its limits: UTF-8 bytes of the body and of the name, type and value
 * of each attribute. Source: "Amazon SQS message quotas", "Amazon SNS Publish".
 */
export function messageBytes(body: string, attributes: TextAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue),
    Buffer.byteLength(body),
  );
}

/**
 * Cuts a list into batches of at most ten entries and `maxBytes` in all, in order. An entry that alone is larger makes
 * a batch of its own: the caller takes such entries out before.
 */
export function splitBatches<T extends { readonly bytes: number }>(entries: readonly T[], maxBytes: number): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let total = 0;
  for (const entry of entries) {
    if (batch.length > 0 && (batch.length === MAX_BATCH_ENTRIES || total + entry.bytes > maxBytes)) {
      batches.push(batch);
      batch = [];
      total = 0;
    }
    batch.push(entry);
    total += entry.bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

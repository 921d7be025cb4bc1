import { currentTrace, formatTraceparent } from '@lethe/kernel';
import type { DataOf, StreamDefinition } from '@lethe/topology';
import { RecordFormatError } from './streaming.errors.js';

/** What a Kinesis record holds, as JSON: the data, and where in a distributed trace it was written (R35). */
interface Envelope {
  readonly traceparent?: string;
  readonly data: unknown;
}

export interface DecodedRecord<Data> {
  readonly traceparent: string | undefined;
  readonly data: Data;
}

/** A record ready for PutRecords. */
export interface EncodedRecord {
  readonly partitionKey: string;
  readonly bytes: Uint8Array;
  /** What Kinesis counts: the data before base64, plus the partition key in UTF-8. */
  readonly size: number;
}

/** Writes a record in the current trace. Throws a {@link RecordFormatError} where the data breaks the schema. */
export function encodeRecord(definition: StreamDefinition, input: unknown): EncodedRecord {
  const data = checkData(definition, input);
  const trace = currentTrace();
  const envelope: Envelope = trace ? { traceparent: formatTraceparent(trace), data } : { data };
  const bytes = Buffer.from(JSON.stringify(envelope), 'utf8');
  const partitionKey = definition.partitionKey(data);
  return { partitionKey, bytes, size: bytes.length + Buffer.byteLength(partitionKey, 'utf8') };
}

/** Reads a record. Members that the schema does not know are dropped (R22). Throws a {@link RecordFormatError}. */
export function decodeRecord<D extends StreamDefinition>(definition: D, bytes: Uint8Array): DecodedRecord<DataOf<D>> {
  const envelope = readEnvelope(bytes);
  return { traceparent: envelope.traceparent, data: checkData(definition, envelope.data) as DataOf<D> };
}

/** One for all: to make it costs as much as to read several records. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

function readEnvelope(bytes: Uint8Array): Envelope {
  let json: unknown;
  try {
    json = JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    throw new RecordFormatError('undecodable', 'the record is not JSON in UTF-8', { cause });
  }
  if (typeof json !== 'object' || json === null || !('data' in json)) {
    throw new RecordFormatError('invalid-envelope', 'the record has no member "data"');
  }
  if (!('traceparent' in json) || typeof json.traceparent !== 'string') return { data: json.data };
  return { data: json.data, traceparent: json.traceparent };
}

function checkData(definition: StreamDefinition, input: unknown): unknown {
  const checked = definition.schema.safeParse(input);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
  throw new RecordFormatError('invalid-data', `${definition.name}: ${faults.join('; ')}`, { cause: checked.error });
}

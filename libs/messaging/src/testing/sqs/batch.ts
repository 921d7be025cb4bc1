import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { type Service, snsError, sqsError } from '../wire/aws-errors.js';
import type { Faults } from '../faults.js';
import type { History } from '../history.js';

interface Entry {
  readonly Id: string | undefined;
}

export interface BatchOptions {
  readonly service: Exclude<Service, 's3'>;
  readonly operation: string;
  readonly resource: string;
  readonly faults: Faults;
  readonly history: History;
}

const MAX_ENTRIES = 10;
const ENTRY_ID = /^[\w-]{1,80}$/;

/** Throws the SDK's error for a batch that is empty, too long, or has ids that are none or occur twice. */
function check(entries: readonly Entry[], service: BatchOptions['service']): void {
  const error = service === 'sqs' ? sqsError : snsError;
  if (entries.length === 0) throw error('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > MAX_ENTRIES)
    throw error('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MAX_ENTRIES}.`);
  if (entries.some(({ Id = '' }) => !ENTRY_ID.test(Id))) throw error('InvalidBatchEntryId', 'An id is none.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw error('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
}

/** Carries out each entry of a batch for itself; what one of them throws is its own failure. */
export function carryOutBatch<E extends Entry, Result>(
  entries: readonly E[] = [],
  options: BatchOptions,
  carryOut: (entry: E, index: number) => Result,
): { Successful: (Result & { Id: string })[]; Failed: (BatchResultErrorEntry & { Id: string })[] } {
  const { service, operation, resource, faults, history } = options;
  check(entries, service);
  const Successful: (Result & { Id: string })[] = [];
  const Failed: (BatchResultErrorEntry & { Id: string; Code: string; SenderFault: boolean })[] = [];
  for (const [index, entry] of entries.entries()) {
    const Id = entry.Id ?? '';
    if (faults.strikes('partialBatch', operation, resource, index)) {
      history.add({ what: 'fault', resource, detail: `partialBatch ${operation} ${index}` });
      Failed.push({ Id, Code: 'InternalError', Message: 'try again', SenderFault: false });
      continue;
    }
    try {
      Successful.push({ ...carryOut(entry, index), Id });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      Failed.push({ Id, Code: error.name, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

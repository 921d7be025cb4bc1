/**
 * The ids that a function names in `batchItemFailures`, none where all went well; undefined where its answer is to be read
 * as failure of the whole batch: what is no list of ids, an empty id, or one that is not of the batch. Lambda reads it so
 * ("Handling errors for an SQS event source", "Success and failure conditions").
 */
export function failedItems(answer: unknown, batch: ReadonlySet<string>): ReadonlySet<string> | undefined {
  if (answer === null || answer === undefined) return new Set();
  if (typeof answer !== 'object') return undefined;
  if (!('batchItemFailures' in answer) || answer.batchItemFailures === null) return new Set();
  if (!Array.isArray(answer.batchItemFailures)) return undefined;
  const ids = answer.batchItemFailures.map(idOf);
  return ids.every((id) => id !== undefined && batch.has(id)) ? new Set(ids.map(String)) : undefined;
}

function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('itemIdentifier' in item)) return undefined;
  return typeof item.itemIdentifier === 'string' ? item.itemIdentifier : undefined;
}

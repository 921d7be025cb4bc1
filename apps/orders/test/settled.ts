/** What became of all of them. */
export async function settledValues<T>(
  promises: readonly Promise<T>[],
): Promise<{ fulfilled: T[]; rejected: unknown[] }> {
  const results = await Promise.allSettled(promises);
  return {
    fulfilled: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    rejected: results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : [])),
  };
}

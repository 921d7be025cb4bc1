/**
 * Parts of a list that may be written at once without changing the order within a key: the n-th item of every key is in
 * the n-th part. Each item comes with its place in the list.
 */
export function wavesOf<T>(items: readonly T[], keyOf: (item: T) => string): { item: T; index: number }[][] {
  const waves: { item: T; index: number }[][] = [];
  const seen = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const turn = seen.get(keyOf(item)) ?? 0;
    seen.set(keyOf(item), turn + 1);
    (waves[turn] ??= []).push({ item, index });
  }
  return waves;
}

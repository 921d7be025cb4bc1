type Values = Readonly<Record<string, unknown>>;

/** What has become of some values: the keys that were set, and those that were removed. */
export interface SessionChanges {
  readonly set: Values;
  readonly removed: readonly string[];
}

/** What differs, key by key at the top; below it a value is one thing. */
export function changesBetween(before: Values, after: Values): SessionChanges {
  const set = Object.fromEntries(
    Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key])),
  );
  return { set, removed: Object.keys(before).filter((key) => !(key in after)) };
}

/** The values with the changes made, so that what others changed meanwhile under other keys stays. */
export function applyChanges(values: Values, { set, removed }: SessionChanges): Record<string, unknown> {
  const kept = Object.entries(values).filter(([key]) => !removed.includes(key));
  return { ...Object.fromEntries(kept), ...set };
}

export function isUnchanged({ set, removed }: SessionChanges): boolean {
  return removed.length === 0 && Object.keys(set).length === 0;
}

// refused by typescript(no-misused-promises): Expected non-Promise value in a boolean conditional
export function choose(allowed: () => Promise<boolean>): string {
  return allowed() ? 'always' : 'never';
}

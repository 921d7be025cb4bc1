// refused by eslint(no-empty): Unexpected empty block
export function attempt(work: () => void): void {
  try {
    work();
  } catch {}
}

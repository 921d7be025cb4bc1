// refused by typescript(no-floating-promises): Promises must be awaited
export function forget(work: () => Promise<number>): void {
  work().then((n) => n + 1);
}

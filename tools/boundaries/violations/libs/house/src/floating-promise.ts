// refused by typescript(no-floating-promises): Promises must be awaited
const save = async (): Promise<number> => 1;

export function forget(): void {
  save();
}

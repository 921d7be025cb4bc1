// refused by typescript(no-misused-promises): Promise returned in function argument where a void return was expected
export function each(ids: readonly string[], save: (id: string) => Promise<void>): void {
  ids.forEach((id) => save(id));
}

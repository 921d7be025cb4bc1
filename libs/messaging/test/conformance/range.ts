/** 0, 1, 2 and so on, so many of them. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

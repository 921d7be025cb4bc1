import { InvalidArgumentError } from 'commander';

const MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a text such as `90s`, `15m`, `6h` or `2d`. Throws an InvalidArgumentError for another one. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number === undefined || (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd'))
    throw new InvalidArgumentError('a time such as 90s, 15m, 6h or 2d');
  return Number(number) * MS[unit];
}

/** How long ago that was, in the largest unit that fits. */
export function age(ms: number): string {
  const unit = (['d', 'h', 'm'] as const).find((name) => ms >= MS[name]) ?? 's';
  return `${Math.max(0, Math.floor(ms / MS[unit]))} ${unit}`;
}

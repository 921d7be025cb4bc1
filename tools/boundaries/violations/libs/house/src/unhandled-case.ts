// refused by typescript(switch-exhaustiveness-check): Switch is not exhaustive
export function sign(state: 'open' | 'closed' | 'broken'): string | undefined {
  switch (state) {
    case 'open':
      return 'o';
    case 'closed':
      return 'c';
  }
  return undefined;
}

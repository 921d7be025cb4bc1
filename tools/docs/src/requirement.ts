/** Something that must hold, and the tests that show it name its id: `it('R15: …')`. */
export interface Requirement {
  readonly id: string;
  readonly holds: string;
  /** Why no test shows it yet. */
  readonly open?: string;
}

export interface RequirementGroup {
  readonly title: string;
  readonly requirements: readonly Requirement[];
}

/** What must hold, or that and why no test shows it yet. */
export type Rule = string | readonly [holds: string, open: string];

/** Requirements with a prefix and numbers from `first`, of so many digits at least. */
export function numbered(prefix: string, rules: readonly Rule[], { first = 1, digits = 1 } = {}): Requirement[] {
  return rules.map((rule, index) => {
    const id = `${prefix}${String(first + index).padStart(digits, '0')}`;
    return typeof rule === 'string' ? { id, holds: rule } : { id, holds: rule[0], open: rule[1] };
  });
}

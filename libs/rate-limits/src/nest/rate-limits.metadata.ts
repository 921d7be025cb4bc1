import { RateRuleError } from '../rate-limits.errors.js';
import { type RequestRule } from '../web/limit-request.js';

/** Metadata key under which `@RateLimit` stores the names of its rules. */
export const RATE_LIMITS = 'lethe:rate-limits';

/** The names of the rules of a handler, else of its controller. */
export function limitsOf(handler: object, controller: object): readonly string[] {
  const names: unknown = Reflect.getMetadata(RATE_LIMITS, handler) ?? Reflect.getMetadata(RATE_LIMITS, controller);
  return (names as readonly string[] | undefined) ?? [];
}

/** The rules of an application, by name. */
export class RequestRules {
  readonly #rules: ReadonlyMap<string, RequestRule>;

  /** Throws a RateRuleError where two rules have one name. */
  constructor(rules: readonly RequestRule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]));
    if (this.#rules.size < rules.length) throw new RateRuleError('two rules have one name');
  }

  /** Throws a RateRuleError for a name that no rule has. */
  named(name: string): RequestRule {
    const rule = this.#rules.get(name);
    if (!rule) throw new RateRuleError(`there is no rule "${name}"`);
    return rule;
  }
}

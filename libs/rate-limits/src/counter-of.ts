import { hash } from 'node:crypto';
import { addressKey } from './address-key.js';
import { RateRuleError } from './rate-limits.errors.js';
import { type RateRule } from './rate-rule.js';
import { type Counter } from './store/rate-limit-store.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_SECONDS = 31 * 86_400;

/** The rule, if it can be kept. Throws a RateRuleError. */
export function checkedRule(rule: RateRule): RateRule {
  const { name, limit, windowSeconds } = rule;
  if (!NAME.test(name) || name.length > 64) throw new RateRuleError(`"${name}" is no kebab-case name of a rule`);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RateRuleError(`${name}: a limit of ${limit}`);
  if (!Number.isSafeInteger(windowSeconds) || windowSeconds < 1 || windowSeconds > LONGEST_SECONDS) {
    throw new RateRuleError(`${name}: a window of ${windowSeconds} s, not of 1 s to 31 days`);
  }
  return rule;
}

/**
 * Where the permits of a rule and a key are counted. The key is hashed: an address, be it of a house or of a computer, is
 * nobody's business in a table of counters (S54). Throws a RateRuleError.
 */
export function counterOf(rule: RateRule, key: string): Counter {
  const { name, limit, windowSeconds } = checkedRule(rule);
  const of = hash('sha256', rule.addresses ? addressKey(key) : key, 'base64url');
  return { id: `${name}#${of}`, limit, windowMs: windowSeconds * 1000 };
}

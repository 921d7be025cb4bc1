import { type AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Expectation, type SessionItem } from '../store/session-items.js';

/** Names that DynamoDB reserves, and the rest alongside. */
export const NAMES = {
  '#id': 'id',
  '#owner': 'owner',
  '#json': 'json',
  '#version': 'version',
  '#created': 'createdMs',
  '#touched': 'touchedMs',
  '#expires': 'expiresMs',
  '#ends': 'endsMs',
  '#sweep': 'expiresAt',
  '#gone': 'gone',
  '#writer': 'writer',
} as const;
export type Name = keyof typeof NAMES;

const IS_LIVING = '#expires > :now AND #ends > :now';
/** A grave has no `#ends`, and lives as long as it says. */
const NOTHING_LIVES = 'attribute_not_exists(#id) OR #expires <= :now OR #ends <= :now';

/** The condition of a write, and the value that `version` gets. */
export function conditionOf(expected: Expectation): { condition: string; version: string } {
  if (expected.type === 'absent') return { condition: NOTHING_LIVES, version: ':one' };
  const owner = expected.owner === undefined ? 'attribute_not_exists(#owner)' : '#owner = :expected';
  return { condition: `#version = :version AND ${IS_LIVING} AND ${owner}`, version: '#version + :one' };
}

/** The values that a condition of {@link conditionOf} speaks of. */
export function valuesOf(expected: Expectation, now: number): Record<string, AttributeValue> {
  const always = { ':now': number(now), ':one': number(1) };
  if (expected.type === 'absent') return always;
  return {
    ...always,
    ':version': number(expected.version),
    ...(expected.owner === undefined ? {} : { ':expected': { S: expected.owner } }),
  };
}

/** Only the names that an expression uses: DynamoDB refuses the others. */
export function namesIn(...expressions: readonly string[]): Record<string, string> {
  const used = new Set(expressions.join(' ').match(/#\w+/g));
  return Object.fromEntries(Object.entries(NAMES).filter(([name]) => used.has(name)));
}

const TOUCH_SET = 'SET #touched = :touched, #expires = :expires, #sweep = :sweep';
const TOUCH_CONDITION = `${IS_LIVING} AND #expires <= :expires AND attribute_not_exists(#gone)`;
/** The update that touches, the same for every session. */
export const TOUCH = {
  set: TOUCH_SET,
  condition: TOUCH_CONDITION,
  names: namesIn(TOUCH_SET, TOUCH_CONDITION),
} as const;

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** Seconds for the sweeper of DynamoDB, which comes when it likes; never before the session has ended. */
export function sweepAt(ms: number): AttributeValue {
  return number(Math.ceil(ms / 1_000));
}

/** The item of what DynamoDB keeps; undefined for nothing, and for a grave. */
export function itemOf(attributes: Record<string, AttributeValue> | undefined): SessionItem | undefined {
  const text = (name: Name) => attributes?.[NAMES[name]]?.S;
  const amount = (name: Name) => Number(attributes?.[NAMES[name]]?.N);
  const [id, owner, json] = [text('#id'), text('#owner'), text('#json')];
  if (id === undefined || json === undefined) return undefined;
  return {
    id,
    ...(owner === undefined ? {} : { owner }),
    json,
    version: amount('#version'),
    createdAt: amount('#created'),
    touchedAt: amount('#touched'),
    expiresAt: amount('#expires'),
    endsAt: amount('#ends'),
  };
}

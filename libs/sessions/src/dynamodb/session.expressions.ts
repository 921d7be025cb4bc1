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

export const IS_LIVING = '#expires > :now AND #ends > :now';
const NO_GRAVE = '(attribute_not_exists(#gone) OR #expires <= :now)';
const NOTHING_LIVES = '(attribute_not_exists(#id) OR #expires <= :now OR #ends <= :now)';

/** The condition of a write, and the value that `version` gets. */
export function conditionOf(expected: Expectation): { condition: string; version: string } {
  if (expected.type === 'absent') return { condition: NOTHING_LIVES, version: ':one' };
  if (expected.type === 'no-grave') return { condition: NO_GRAVE, version: COUNTED };
  if (expected.type === 'version')
    return {
      condition: `#version = :version AND ${IS_LIVING} AND ${ownerIs(expected.owner)}`,
      version: '#version + :one',
    };
  return expected.owner === undefined
    ? { condition: `${NO_GRAVE} AND (${NOTHING_LIVES} OR attribute_not_exists(#owner))`, version: COUNTED }
    : { condition: `${ownerIs(expected.owner)} AND ${IS_LIVING}`, version: COUNTED };
}

const COUNTED = 'if_not_exists(#version, :zero) + :one';

function ownerIs(owner: string | undefined): string {
  return owner === undefined ? 'attribute_not_exists(#owner)' : '#owner = :expected';
}

/** The values that a condition of {@link conditionOf} speaks of. */
export function valuesOf(expected: Expectation, now: number): Record<string, AttributeValue> {
  return {
    ':now': number(now),
    ':one': number(1),
    ...('version' in expected ? { ':version': number(expected.version) } : {}),
    ...('owner' in expected && expected.owner !== undefined ? { ':expected': { S: expected.owner } } : {}),
    ...(expected.type === 'owner' || expected.type === 'no-grave' ? { ':zero': number(0) } : {}),
  };
}

/** Only the names that an expression uses: DynamoDB refuses the others. */
export function namesIn(...expressions: readonly string[]): Record<string, string> {
  const used = new Set(expressions.join(' ').match(/#\w+/g));
  return Object.fromEntries(Object.entries(NAMES).filter(([name]) => used.has(name)));
}

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

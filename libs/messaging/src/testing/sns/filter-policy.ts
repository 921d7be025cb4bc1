import type { MessageAttributeValue } from '@aws-sdk/client-sns';

type Condition = string | number | boolean | null | Readonly<Record<string, unknown>>;

/** A filter policy on message attributes. Source: "Amazon SNS subscription filter policies". */
export type FilterPolicy = Readonly<Record<string, readonly Condition[]>>;

type Value = string | number;

function valuesOf({ DataType = 'String', StringValue = '' }: MessageAttributeValue): Value[] {
  if (DataType === 'String.Array') return JSON.parse(StringValue) as Value[];
  return [DataType.startsWith('Number') ? Number(StringValue) : StringValue];
}

function compares(value: Value, [operator, operand, ...rest]: readonly unknown[]): boolean {
  if (operator === undefined) return true;
  if (typeof value !== 'number' || typeof operand !== 'number') return false;
  const holds =
    (operator === '=' && value === operand) ||
    (operator === '>' && value > operand) ||
    (operator === '>=' && value >= operand) ||
    (operator === '<' && value < operand) ||
    (operator === '<=' && value <= operand);
  return holds && compares(value, rest);
}

const OPERATORS: Readonly<Record<string, (value: Value, operand: unknown) => boolean>> = {
  prefix: (value, operand) => String(value).startsWith(String(operand)),
  suffix: (value, operand) => String(value).endsWith(String(operand)),
  'equals-ignore-case': (value, operand) => String(value).toLowerCase() === String(operand).toLowerCase(),
  numeric: (value, operand) => compares(value, operand as readonly unknown[]),
  'anything-but': (value, operand) =>
    typeof operand === 'object' && operand !== null && !Array.isArray(operand)
      ? !satisfies(value, operand as Condition)
      : ![operand].flat().includes(value),
};

function satisfies(value: Value, condition: Condition): boolean {
  if (typeof condition !== 'object' || condition === null) return value === condition;
  return Object.entries(condition).every(([operator, operand]) => OPERATORS[operator]?.(value, operand) ?? false);
}

/** Whether the subscription wants a message with these attributes: one condition of each name must hold. */
export function matchesFilterPolicy(
  policy: FilterPolicy,
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): boolean {
  return Object.entries(policy).every(([name, conditions]) => {
    const attribute = attributes[name];
    const exists = conditions.find((condition) => typeof condition === 'object' && condition && 'exists' in condition);
    if (typeof exists === 'object' && exists) return exists['exists'] === (attribute !== undefined);
    return (
      attribute !== undefined && valuesOf(attribute).some((value) => conditions.some((one) => satisfies(value, one)))
    );
  });
}

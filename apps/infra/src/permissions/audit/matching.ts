import type { RoleStatement } from './role-statements.js';

/** A kind of call that was seen: see `RecordedCall` of the local cloud. */
export interface SeenCall {
  /** The role that made it. */
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly leadingKey?: string | undefined;
}

/** For the account that a template does not know. */
const ANY_ACCOUNT = '000000000000';
/** The end of a bucket's name, which has to be the only one of its name in the world. */
const BUCKET_END = /-\d{12}-[a-z]{2}-[a-z]+-\d(?=\/|$)/;

/**
 * An ARN without what differs between a stage and this machine: region, account, and the names of what there is one of, the
 * sender of mails and the user pool.
 */
export function placeless(action: string, arn: string): string {
  if (action.startsWith('ses:')) return 'identity';
  if (action.startsWith('cognito-idp:')) return 'userpool';
  const parts = arn.replaceAll('<AWS::AccountId>', ANY_ACCOUNT).split(':');
  if (parts[0] !== 'arn') return arn;
  const [, , service = '', , , ...rest] = parts;
  const name = rest.join(':');
  return `${service}:${service === 's3' ? name.replace(BUCKET_END, '') : name}`;
}

/** Whether a text fits a pattern of IAM, in which `*` stands for anything and `?` for one character. */
export function fits(pattern: string, text: string): boolean {
  const literal = pattern.replaceAll(/[$()+.[\\\]^{|}]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

/** Whether a statement is one that IAM would allow the call by. A condition that cannot be judged allows nothing. */
export function allows(statement: RoleStatement, { caller, action, resource, leadingKey }: SeenCall): boolean {
  const { role, actions, resources, leadingKeys, via, otherConditions } = statement;
  if (role !== caller || via !== undefined || otherConditions.length > 0) return false;
  if (leadingKeys !== undefined && !leadingKeys.some((pattern) => fits(pattern, leadingKey ?? ''))) return false;
  const seen = placeless(action, resource);
  return actions.includes(action) && resources.some((pattern) => fits(placeless(action, pattern), seen));
}

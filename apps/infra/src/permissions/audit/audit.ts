import { type SeenCall, allows, fits, placeless } from './matching.js';
import type { RoleStatement } from './role-statements.js';
import type { Unseen } from './unseen.js';

/** What a role has and did not use, or used and does not have. */
export interface Finding {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** The declaration that a grant follows from, or the key that an item had. */
  readonly about: string;
}

/** A grant taken apart: one action on one resource. */
interface Grant {
  readonly statement: RoleStatement;
  readonly action: string;
  readonly resource: string;
}

function grantsOf(statements: readonly RoleStatement[]): Grant[] {
  return statements.flatMap((statement) =>
    statement.actions.flatMap((action) => statement.resources.map((resource) => ({ statement, action, resource }))),
  );
}

/** Calls that a role made and may not make: less than needed. Callers that are none of these roles are nobody's. */
export function lacking(
  statements: readonly RoleStatement[],
  calls: readonly SeenCall[],
  roles: ReadonlySet<string>,
): Finding[] {
  return calls
    .filter(({ caller }) => roles.has(caller))
    .filter((call) => !statements.some((statement) => allows(statement, call)))
    .map(({ caller: role, action, resource, leadingKey }) => ({ role, action, resource, about: leadingKey ?? '' }));
}

function isUsed({ statement, action, resource }: Grant, calls: readonly SeenCall[]): boolean {
  const { role, via } = statement;
  // Nobody calls KMS: a service of AWS does, in the role's name, when the role calls that service.
  if (via !== undefined)
    return via.every((service) => calls.some((call) => call.caller === role && call.action.startsWith(`${service}:`)));
  const only: RoleStatement = { ...statement, actions: [action], resources: [resource] };
  return calls.some((call) => allows(only, call));
}

const isExcused = ({ statement, action, resource }: Grant, { roles, actions, on = '*' }: Unseen): boolean =>
  roles.some((role) => fits(role, statement.role)) && actions.includes(action) && fits(on, placeless(action, resource));

/** Grants that no call made use of, and that are not listed as ones that no run here can use: more than used. */
export function unused(
  statements: readonly RoleStatement[],
  calls: readonly SeenCall[],
  roles: ReadonlySet<string>,
  unseen: readonly Unseen[],
): Finding[] {
  return grantsOf(statements.filter(({ role }) => roles.has(role)))
    .filter((grant) => !unseen.some((one) => isExcused(grant, one)) && !isUsed(grant, calls))
    .map(({ statement, action, resource }) => ({ role: statement.role, action, resource, about: statement.because }));
}

/** Entries of the list that excuse no grant any more: the list may only shrink with the roles. */
export function stale(
  statements: readonly RoleStatement[],
  roles: ReadonlySet<string>,
  unseen: readonly Unseen[],
): readonly Unseen[] {
  const grants = grantsOf(statements.filter(({ role }) => roles.has(role)));
  return unseen.filter((one) => !grants.some((grant) => isExcused(grant, one)));
}

/** Findings as lines to read. */
export const linesOf = (findings: readonly Finding[]): string[] =>
  findings.map(
    ({ role, action, resource, about }) => `${role}: ${action} on ${resource}${about === '' ? '' : ` (${about})`}`,
  );

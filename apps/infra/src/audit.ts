export { type Finding, lacking, linesOf, stale, unused } from './permissions/audit/audit.js';
export type { SeenCall } from './permissions/audit/matching.js';
export { type RoleStatement, readRoleStatements } from './permissions/audit/role-statements.js';
export { STORE_ROLES } from './permissions/audit/store-roles.js';
export { UNSEEN, type Unseen } from './permissions/audit/unseen.js';

export { type Finding, lacking, linesOf, stale, unused } from './permissions/audit/audit.js';
export type { SeenCall } from './permissions/audit/matching.js';
export { type RoleStatement, readRoleStatements } from './permissions/audit/role-statements.js';
export { STORE_ROLES } from './permissions/audit/store-roles.js';
export { UNSEEN, UNSEEN_OF_POOL, type Unseen } from './permissions/audit/unseen.js';

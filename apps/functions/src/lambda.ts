import { functionsConfigSchema, readConfig } from './functions.config.js';
import { buildFunctions } from './functions.js';

// The entry of the deployed functions: `lambda.migrateUser` and `lambda.addClaims` are their handlers.

const functions = buildFunctions(readConfig(functionsConfigSchema));

/** The handler of `lethe-migrate-user`. */
export const migrateUser = functions['lethe-migrate-user'];
/** The handler of `lethe-add-claims`. */
export const addClaims = functions['lethe-add-claims'];

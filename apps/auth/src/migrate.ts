import 'reflect-metadata';
import { readMigrateConfig } from './auth.config.js';
import { prepare } from './prepare.js';

/** NIST SP 800-63B-4; the operator is warned, where a customer is refused (S22). */
const SAFE_LENGTH = 15;

const config = readMigrateConfig();
const prepared = await prepare({ ...config, cognito: config.IDENTITY_PROVIDER === 'cognito' ? config : undefined });
if (config.LETHE_ADMIN_PASSWORD !== undefined && config.LETHE_ADMIN_PASSWORD.length < SAFE_LENGTH) {
  process.stderr.write(`auth: LETHE_ADMIN_PASSWORD is shorter than ${SAFE_LENGTH} characters\n`);
}
process.stdout.write(`${JSON.stringify({ msg: 'auth: migrated', ...prepared })}\n`);

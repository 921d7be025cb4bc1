import 'reflect-metadata';
import { Database } from '@lethe/database';
import { databaseOf } from '@lethe/service-kit';
import { readRotateConfig } from './auth.config.js';
import { authDatabase } from './auth.database.js';
import { KeyRotation, rotationTimes } from './signing/key-rotation.js';
import { KeySeal } from './signing/key-seal.js';

/**
 * Rotates the signing keys out of turn: a new key is published now and signs in an hour. With `--compromised` it signs at
 * once and every older key is gone.
 */
const config = readRotateConfig();
const database = new Database({ ...authDatabase, ...databaseOf(config), poolSize: 1 });
await database.open();
try {
  const times = rotationTimes(config.KEY_ROTATION_DAYS);
  const rotation = new KeyRotation(database, new KeySeal(config.AUTH_KEY_SECRET), times);
  const step = await (process.argv.includes('--compromised') ? rotation.replace() : rotation.announce());
  process.stdout.write(`${JSON.stringify({ msg: 'auth: signing keys rotated', ...step })}\n`);
} finally {
  await database.close();
}

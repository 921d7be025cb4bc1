import { describe, expect, it } from '@jest/globals';
import { parseConfig, serviceConfigSchema } from './config.js';
import { databaseConfig, databaseOf } from './database-config.js';
import { ConfigError } from './service-kit.errors.js';

const schema = serviceConfigSchema.pick(databaseConfig);
const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    databaseOf(parseConfig(schema, env));
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('databaseOf', () => {
  it('signs in by the password in the URL, unless tokens are asked for', () => {
    const url = 'postgres://app:secret@127.0.0.1/orders';

    expect(databaseOf(parseConfig(schema, { DATABASE_URL: url }))).toEqual({ url, signIn: { by: 'password' } });
    expect(databaseOf({ DATABASE_URL: url })).toEqual({ url, signIn: { by: 'password' } });
  });

  it('S56: signs in by tokens of the region of the service', () => {
    const url = 'postgres://orders@proxy.example:5432/orders?sslmode=verify-full';
    const config = parseConfig(schema, { DATABASE_URL: url, DATABASE_AUTH: 'iam', AWS_REGION: 'eu-central-1' });

    expect(databaseOf(config)).toEqual({ url, signIn: { by: 'iam', region: 'eu-central-1' } });
  });

  it('S55: tells of certificates that are not there', () => {
    const DATABASE_URL = 'postgres://app@db.example/orders';

    expect(faultsOf({ DATABASE_URL, DATABASE_CA_FILE: '/nowhere/ca.pem' })).toEqual([
      expect.stringMatching(/^DATABASE_CA_FILE cannot be read: .*ENOENT/),
    ]);
    expect(faultsOf({ DATABASE_URL, DATABASE_CA_FILE: import.meta.filename })).toEqual([
      'DATABASE_CA_FILE holds no certificate',
    ]);
  });

  it('refuses any other way to sign in', () => {
    expect(faultsOf({ DATABASE_URL: 'postgres://a@b/c', DATABASE_AUTH: 'trust' })).toEqual([
      expect.stringMatching(/^DATABASE_AUTH: /),
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { identityOf, parseConfig, serviceConfigSchema } from './config.js';
import { ConfigError } from './service-kit.errors.js';

const DATABASE_URL = 'postgres://localhost/x';

function refusal(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new RangeError('the configuration was accepted');
}

describe('parseConfig', () => {
  it('fills in what is absent or empty', () => {
    const config = parseConfig(serviceConfigSchema, { DATABASE_URL, LOG_LEVEL: '', PORT: '4000' });

    expect(config).toMatchObject({ PORT: 4000, HOST: '127.0.0.1', LOG_LEVEL: 'info', MAX_IN_FLIGHT: 200 });
    expect(config.INSTANCE_ID).toContain(String(process.pid));
  });

  it('tells every fault at once, by name, and repeats no value', () => {
    const schema = serviceConfigSchema.extend({ SECRET: z.string().min(10) });
    const read = () => parseConfig(schema, { PORT: 'eighty', SECRET: 'hunter2', PUBLIC_URL: 'ftp://x' });

    const { faults } = refusal(read);
    expect(faults.map((fault) => fault.split(/[: ]/)[0])).toEqual(['PORT', 'DATABASE_URL', 'PUBLIC_URL', 'SECRET']);
    expect(faults).toContain('DATABASE_URL is not set');
    expect(faults.join()).not.toContain('hunter2');
  });

  it('describes every variable', () => {
    for (const field of Object.values(serviceConfigSchema.shape)) expect(field.description).toMatch(/\.$/);
  });
});

describe('identityOf', () => {
  it('derives the issuer from the public URL, and the keys from the issuer unless told', () => {
    const config = parseConfig(serviceConfigSchema, { DATABASE_URL, PUBLIC_URL: 'https://shop.example/' });

    expect(identityOf(config)).toMatchObject({
      issuer: {
        issuer: 'https://shop.example/auth',
        claims: { aud: ['lethe'] },
        jwksUrl: 'https://shop.example/auth/.well-known/jwks.json',
      },
      revocations: { table: 'lethe-revocations' },
    });
    expect(identityOf({ ...config, JWKS_URL: 'http://auth:3000/k' }).issuer.jwksUrl).toBe('http://auth:3000/k');
  });

  it('trusts a user pool of Cognito in place of the own issuer', () => {
    const cognito = { DATABASE_URL, IDENTITY_PROVIDER: 'cognito', AWS_REGION: 'eu-west-1' };
    const pool = { COGNITO_USER_POOL_ID: 'eu-west-1_Ab1', COGNITO_CLIENT_ID: 'web,app' };

    expect(identityOf(parseConfig(serviceConfigSchema, { ...cognito, ...pool })).issuer).toMatchObject({
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1',
      claims: { token_use: ['access'], client_id: ['web', 'app'] },
    });
    expect(() => identityOf(parseConfig(serviceConfigSchema, cognito))).toThrow('COGNITO_USER_POOL_ID');
  });
});

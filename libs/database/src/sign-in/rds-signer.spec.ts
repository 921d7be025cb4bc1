import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { rdsSigner } from './rds-signer.js';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'of-a-test' };
const before = { ...process.env };
beforeEach(() => {
  Object.assign(process.env, CREDENTIALS);
});
afterEach(() => {
  process.env = { ...before };
});

it('S56: signs a token for one user of one host, with the credentials of the process, for 15 minutes', async () => {
  const token = await rdsSigner({
    host: 'proxy.example',
    port: 5432,
    user: 'orders',
    region: 'eu-west-1',
  }).getAuthToken();

  const url = new URL(`https://${token}`);
  expect(`${url.host} ${url.pathname}`).toBe('proxy.example:5432 /');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'connect',
    DBUser: 'orders',
    'X-Amz-Expires': '900',
    'X-Amz-Credential': expect.stringMatching(/^AKIDEXAMPLE\/\d{8}\/eu-west-1\/rds-db\/aws4_request$/),
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(token).not.toContain(CREDENTIALS.AWS_SECRET_ACCESS_KEY);
});

import { describe, expect, it } from '@jest/globals';
import { IdempotencyKeyInvalidError } from './idempotency.errors.js';
import { keyOfRequest, readIdempotencyKey } from './key-header.js';

const read = (value?: string | string[]) => readIdempotencyKey(value === undefined ? {} : { 'idempotency-key': value });
const problemOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error instanceof IdempotencyKeyInvalidError ? error.toDetails() : error;
  }
};

describe('readIdempotencyKey', () => {
  it('reads a bare key and the quoted one of the IETF draft as the same', () => {
    expect(read('8e03978e-40d5-43dd-bc93-6894a57f9324')).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
    expect(read('"8e03978e-40d5-43dd-bc93-6894a57f9324"')).toBe('8e03978e-40d5-43dd-bc93-6894a57f9324');
    expect(read(['key'])).toBe('key');
    expect(read('k'.repeat(255))).toHaveLength(255);
  });

  it('I1: refuses a request without the header with 400', () => {
    expect(problemOf(() => read())).toMatchObject({
      status: 400,
      type: 'urn:lethe:problem:idempotency-key-missing',
      errors: [{ pointer: '#header/idempotency-key' }],
    });
  });

  it.each([
    ['of more than 255 characters', 'k'.repeat(256)],
    ['that is empty', ''],
    ['that is an empty quotation', '""'],
    ['with a space inside', 'a b'],
    ['beyond ASCII', 'ключ'],
    ['with a control character', 'a\u0007b'],
    ['with a stray quote', 'a"b'],
    ['that Node joined from two headers', 'a, b'],
  ])('I2: refuses a key %s with 400', (_, value) => {
    expect(problemOf(() => read(value))).toMatchObject({
      status: 400,
      type: 'urn:lethe:problem:idempotency-key-invalid',
    });
  });

  it('I2: refuses two headers with 400', () => {
    expect(problemOf(() => read(['a', 'a']))).toMatchObject({ status: 400 });
  });
});

describe('keyOfRequest', () => {
  it('reads the headers as they were sent, under Fastify and under Express', () => {
    const headersDistinct = { 'idempotency-key': ['a'] };

    expect(keyOfRequest({ raw: { headersDistinct } })).toBe('a');
    expect(keyOfRequest({ headersDistinct })).toBe('a');
    expect(problemOf(() => keyOfRequest({}))).toMatchObject({ status: 400 });
  });
});

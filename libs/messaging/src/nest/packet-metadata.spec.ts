import { describe, expect, it } from '@jest/globals';
import { METADATA, metadataAttributes, readMetadata } from './packet-metadata.js';

describe('packet metadata', () => {
  it('goes as one attribute, or none', () => {
    expect(metadataAttributes(undefined)).toEqual({});
    expect(readMetadata(metadataAttributes({ tenant: 'a' })[METADATA])).toEqual({ tenant: 'a' });
  });

  it.each([undefined, '', 'x', 'null', '[1]', '"a"', '1'])('is absent where %s came instead', (text) => {
    expect(readMetadata(text)).toBeUndefined();
  });

  it('is texts only', () => {
    expect(readMetadata('{"tenant":"a","admin":true,"__proto__":{"x":"y"}}')).toEqual({ tenant: 'a' });
  });
});

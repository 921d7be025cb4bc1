import { describe, expect, it } from '@jest/globals';
import { MalformedRequestError, PreconditionFailedError, PreconditionRequiredError } from '../catalog.errors.js';
import { entityTagOf, isNotModified, permittedTags, requireTag, requiredVersions } from './entity-tag.js';

const versions = { version: 3, stockVersion: 17 };

describe('entityTagOf', () => {
  it('joins the versions of the description and of the stock', () => {
    expect(entityTagOf(versions)).toBe('"3.17"');
  });
});

describe('isNotModified', () => {
  it.each(['"3.17"', 'W/"3.17"', '"1.1", "3.17"', '"1.1",W/"3.17" ', '*', ' * '])('holds for %s', (header) => {
    expect(isNotModified(header, versions)).toBe(true);
  });

  it.each([undefined, '', '"3.18"', '"2.17", W/"1.1"', '"3.17x"', '""'])('does not hold for %s', (header) => {
    expect(isNotModified(header, versions)).toBe(false);
  });

  it.each(['3.17', '"3.17', '"3.17" "1.1"', 'w/"3.17"', '"a", *'])('refuses the malformed %s', (header) => {
    expect(() => isNotModified(header, versions)).toThrow(MalformedRequestError);
  });
});

describe('requiredVersions', () => {
  it('demands the header', () => {
    expect(() => requiredVersions(undefined)).toThrow(PreconditionRequiredError);
    expect(() => requiredVersions(' ')).toThrow(PreconditionRequiredError);
  });

  it('reads the descriptive half of each strong tag and leaves out what is no tag of ours', () => {
    expect(requiredVersions('"3.17", "4.1", W/"5.1", "abc"')).toEqual([3, 4]);
    expect(requiredVersions('W/"3.17"')).toEqual([]);
  });

  it('asks nothing of * and refuses what is no list of tags', () => {
    expect(requiredVersions('*')).toBeUndefined();
    expect(() => requiredVersions('3.17')).toThrow(MalformedRequestError);
  });
});

describe('permittedTags', () => {
  it('is optional, and compares whole strong tags when it is given', () => {
    expect(permittedTags(undefined)).toBeUndefined();
    expect(permittedTags('*')).toBeUndefined();
    expect(permittedTags('"3.17", W/"3.18"')).toEqual(['"3.17"']);
    expect(() => requireTag(['"3.17"'], versions)).not.toThrow();
    expect(() => requireTag(['"3.16"'], versions)).toThrow(PreconditionFailedError);
    expect(() => requireTag(undefined, versions)).not.toThrow();
  });
});

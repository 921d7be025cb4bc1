import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { describeWithValkey } from './describe-with-valkey.js';

/** Runs what is defined at once, as a test framework would later. */
const now = (_name: string, body: () => void): void => body();

describe('describeWithValkey', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('hands over the URL of the server', () => {
    const define = jest.fn();

    describeWithValkey('sessions', define, { VALKEY_URL: 'redis://127.0.0.1:1' }, now, now);

    expect(define).toHaveBeenCalledWith('redis://127.0.0.1:1');
  });

  it('says which suite did not run where there is no server', () => {
    const define = jest.fn();
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);

    describeWithValkey('sessions', define, {}, now, now);

    expect(define).not.toHaveBeenCalled();
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('did not run: sessions'));
  });

  it('fails where CI asks for a server and there is none', () => {
    expect(() => describeWithValkey('sessions', () => undefined, { LETHE_REQUIRE_VALKEY: '1' }, now, now)).toThrow(
      'no Valkey or Redis',
    );
  });
});

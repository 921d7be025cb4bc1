type Define = (name: string, body: () => void) => void;

const REASON = 'no Valkey or Redis: neither VALKEY_URL is set nor is valkey-server or redis-server on PATH';

/** A function of Jest's. Its module cannot be imported here: outside of Jest that throws, and this is for both. */
function jestGlobal(name: 'describe' | 'it'): Define {
  const found: unknown = Reflect.get(globalThis, name);
  if (typeof found !== 'function')
    throw new Error(`there is no global ${name}: describeWithValkey is for Jest's specs`);
  return (title, body) => Reflect.apply(found, undefined, [title, body]);
}

/**
 * Defines a suite that needs a real Valkey or Redis, found at VALKEY_URL (set by Jest's global setup where there is
 * one). Where there is none, it says on stderr which suite did not run; with LETHE_REQUIRE_VALKEY=1, as in CI, the suite
 * fails instead. `define` gets the URL; the server is shared, so keys bear a prefix of the suite's own.
 */
export function describeWithValkey(
  name: string,
  define: (url: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
  describe = jestGlobal('describe'),
  it = jestGlobal('it'),
): void {
  const url = environment['VALKEY_URL'];
  if (url !== undefined && url !== '') return describe(name, () => define(url));
  if (environment['LETHE_REQUIRE_VALKEY'] === '1') {
    return describe(name, () => {
      it('finds a server', () => {
        throw new Error(REASON);
      });
    });
  }
  process.stderr.write(`did not run: ${name} (${REASON})\n`);
  // A file without a test would fail.
  describe(name, () => it('is left out where there is no server', () => undefined));
}

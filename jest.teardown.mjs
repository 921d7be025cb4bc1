const PATIENCE_MS = 30_000;

/** Ends the services of jest.services.mjs and removes their data; Jest runs it in the same process. */
export default async function teardown() {
  await globalThis.__cloud?.stop();
  // What a spec left open would keep this process, and a whole run, waiting for ever.
  const watch = () => {
    process.stderr.write(`specs left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  };
  setTimeout(watch, PATIENCE_MS).unref();
}

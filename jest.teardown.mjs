/** Ends the services of jest.services.mjs and removes their data; Jest runs it in the same process. */
export default async function teardown() {
  await globalThis.__cloud?.stop();
}

import { startTestCloud } from '@lethe/local-cloud';

/** Starts the embedded backing services once per Jest run; specs find them through the environment. */
export default async function setup() {
  const cloud = await startTestCloud();
  Object.assign(process.env, cloud.env);
  globalThis.__cloud = cloud;
}

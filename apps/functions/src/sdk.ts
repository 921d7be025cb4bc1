/**
 * What clients of the SDK are made with: time-outs and attempts that fit into the time of a function (R04, R05). Plain
 * data, so that nothing of the SDK is bundled for it.
 */
export function sdkConfig(region: string) {
  return {
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  };
}

export { type AwsCall, CallCounter, type CallTotals } from './call-counter.js';
export {
  AwsClients,
  type AwsClientsOptions,
  MAX_ATTEMPTS,
  type Transport,
  clientConfig,
  createClients,
} from './clients.js';
export { CONNECT_TIMEOUT_MS, MAX_SOCKETS, REQUEST_TIMEOUT_MS } from './http-handler.js';
export { Signer } from './lean/sign.js';

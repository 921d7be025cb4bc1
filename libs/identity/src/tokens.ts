// The part that needs no framework, for programs that are loaded while somebody waits: Lambda functions.
export { COGNITO_SUBJECT_CLAIM } from './issuers.js';
export { makeServiceKey } from './service/service-key.js';
export { ServiceTokens, type ServiceTokensOptions } from './service/service-tokens.js';

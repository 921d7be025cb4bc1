export {
  type HostCookie,
  type HostCookieOptions,
  hostCookie,
  readCookie,
  setCookieHeader,
} from './cookies/host-cookie.js';
export { type OpenedValue, SigningKeys } from './cookies/signing-keys.js';
export { CSRF_FIELD, CSRF_HEADER, type CsrfFault, type CsrfOptions, CsrfProtection } from './csrf/csrf-protection.js';
export { type CheckedRequest } from './csrf/request-origin.js';
export { dynamoSessionStore, type DynamoSessionStoreOptions } from './dynamodb/dynamo-session-store.js';
export { type SessionPage, type SessionRecord, type SessionStore } from './session-store.js';
export { type OpenedSession, type SessionData, Sessions, type SessionsOptions } from './sessions.js';
export {
  AnsweredSessionError,
  ForgedRequestError,
  InspectorError,
  OldPlaceError,
  SessionConflictError,
  SessionError,
  SessionImportError,
  SessionOwnerError,
  SessionStoreUnavailableError,
  SessionTooLargeError,
  SigningKeyError,
} from './sessions.errors.js';
export { newSessionToken, sessionIdOf } from './token.js';
export { valkeySessionStore, type ValkeySessionStoreOptions } from './valkey/valkey-session-store.js';

export { type Access, Authenticated, CurrentUser, Public, Roles, accessOf } from './access.js';
export { AccessGuard } from './access.guard.js';
export {
  IdentityConfigError,
  InvalidTokenError,
  KeysUnavailableError,
  MissingRoleError,
  MissingTokenError,
} from './identity.errors.js';
export { IdentityModule, type IdentityKeysOptions, type IdentityOptions } from './identity.module.js';
export { type KeySource, importKeys } from './key-source.js';
export { type Principal, principalOf, setPrincipal } from './principal.js';
export { RemoteKeys, type RemoteKeysOptions } from './remote-keys.js';
export { TokenVerifier, type TokenVerifierOptions } from './token-verifier.js';

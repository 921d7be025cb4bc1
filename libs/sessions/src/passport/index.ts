export { type OAuthRequest, OAuthStateStore, type OAuthStateStoreOptions } from './oauth-state-store.js';
export { type PassportSerializers, type UserIdsOptions, keepUserIds } from './user-ids.js';

export { type ValkeyArgument, type ValkeyReply } from './link.js';
export { type ValkeyScript, valkeyScript } from './script.js';
export { Valkey, type ValkeyOptions } from './valkey.js';
export { ValkeyCommandError, ValkeyError, ValkeyUnavailableError, ValkeyUrlError } from './valkey.errors.js';

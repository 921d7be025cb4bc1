export { type Bundle, type ServiceBundle, bundleService } from './bundle-service.js';
export { bundleEmptyService } from './empty-service.js';
export { NotBuiltError } from './images.errors.js';

export { type ServiceBundle, bundleService } from './bundle-service.js';
export { NotBuiltError } from './images.errors.js';

import { LocalCloudError } from '../local-cloud.errors.js';

/** A mapping that Lambda would refuse. */
export class EventSourceError extends LocalCloudError {
  override name = 'EventSourceError';
}

/** Names that bounds speak of. */
export const LETHE_ONE_BY_ONE = 'Lethe publish(), one by one';
export const LETHE_CONCURRENT = 'Lethe publish(), 500 at once';
export const LETHE_BATCHES = 'Lethe publishBatch() of 100';
export const ONE_RELAY = 'Lethe outbox, one relay';

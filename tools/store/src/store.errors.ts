/** The folder that holds the store's state cannot be used as it is. */
export class StoreStateError extends Error {
  override readonly name = 'StoreStateError';
}

/** A one-off step before the services start (migrations, provisioning, seeding) failed. */
export class StoreStartError extends Error {
  override readonly name = 'StoreStartError';
}

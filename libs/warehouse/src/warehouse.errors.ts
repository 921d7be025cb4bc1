/** Base of what this library throws. */
export class WarehouseError extends Error {
  override readonly name: string = 'WarehouseError';
}

/** The bucket has no object of this key: it was replaced since the manifest was read, or never was. */
export class LakeObjectMissingError extends WarehouseError {
  override readonly name = 'LakeObjectMissingError';

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`the lake has no object "${key}"`, { cause });
  }
}

/** The manifest is none: not JSON, or not in the shape that COPY reads. */
export class ManifestError extends WarehouseError {
  override readonly name = 'ManifestError';
}

/** A model that cannot be built: models that need each other, or two of one name. */
export class ModelError extends WarehouseError {
  override readonly name = 'ModelError';

  constructor(
    readonly model: string,
    reason: string,
  ) {
    super(`model "${model}": ${reason}`);
  }
}

/** A statement that the warehouse refused, or did not end in time. */
export class StatementError extends WarehouseError {
  override readonly name = 'StatementError';

  constructor(
    readonly sql: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${reason}: ${sql.length > 200 ? `${sql.slice(0, 200)} …` : sql}`, options);
  }
}

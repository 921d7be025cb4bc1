import { ProblemError } from '@lethe/kernel';

/** The product does not exist, or was deleted. */
export class ProductNotFoundError extends ProblemError {
  override readonly name = 'ProductNotFoundError';
  constructor(readonly productId: string) {
    super(404, 'product-not-found', { detail: 'There is no such product.' });
  }
}

/** Another product carries the SKU. */
export class DuplicateSkuError extends ProblemError {
  override readonly name = 'DuplicateSkuError';
  constructor(readonly sku: string) {
    super(409, 'duplicate-sku', {
      detail: 'Another product carries this SKU.',
      errors: [{ pointer: '/sku', detail: 'already in use' }],
    });
  }
}

/** A correction would take more from the shelf than lies there. */
export class StockBelowZeroError extends ProblemError {
  override readonly name = 'StockBelowZeroError';
  constructor(readonly available: number) {
    super(409, 'stock-below-zero', {
      detail: `Only ${available} are available.`,
      errors: [{ pointer: '/delta', detail: `must not be less than ${-available}` }],
      extensions: { available },
    });
  }
}

/** A write without `If-Match` (RFC 6585 3). */
export class PreconditionRequiredError extends ProblemError {
  override readonly name = 'PreconditionRequiredError';
  constructor() {
    super(428, 'precondition-required', {
      detail: 'Send the ETag of the product that you have seen as If-Match, or *.',
      errors: [{ pointer: '#header/if-match', detail: 'required' }],
    });
  }
}

/** `If-Match` names another version than the one that is stored (RFC 9110 13.1.1). */
export class PreconditionFailedError extends ProblemError {
  override readonly name = 'PreconditionFailedError';
  constructor() {
    super(412, 'precondition-failed', { detail: 'The product has changed since you read it.' });
  }
}

/** A header, a cursor or an id of a request that cannot be read. `pointer` is such as `#query/cursor`. */
export class MalformedRequestError extends ProblemError {
  override readonly name = 'MalformedRequestError';
  constructor(pointer: string, detail: string) {
    super(400, 'invalid-request', { detail: 'The request is not valid.', errors: [{ pointer, detail }] });
  }
}

/** The product has no such image. */
export class ImageNotFoundError extends ProblemError {
  override readonly name = 'ImageNotFoundError';
  constructor(readonly imageId: string) {
    super(404, 'image-not-found', { detail: 'There is no such image.' });
  }
}

/** The product has as many images as a product can have. */
export class TooManyImagesError extends ProblemError {
  override readonly name = 'TooManyImagesError';
  constructor(readonly most: number) {
    super(409, 'too-many-images', { detail: `A product has ${most} images at most.`, extensions: { most } });
  }
}

/** An image was reported on that is settled in another way; the files reported on are not wanted. */
export class ImageSettledError extends ProblemError {
  override readonly name = 'ImageSettledError';
  constructor(readonly imageId: string) {
    super(409, 'image-settled', { detail: 'The image is settled already, in another way.' });
  }
}

/** The store of images does not answer. */
export class ImageStoreError extends ProblemError {
  override readonly name = 'ImageStoreError';
  constructor(cause: unknown) {
    super(503, 'image-store-unavailable', { cause, headers: { 'retry-after': '5' } });
  }
}

/** The import does not exist. */
export class ImportNotFoundError extends ProblemError {
  override readonly name = 'ImportNotFoundError';
  constructor(readonly importId: string) {
    super(404, 'import-not-found', { detail: 'There is no such import.' });
  }
}

/** The upload is no plain UTF-8 `text/csv`. */
export class UnsupportedUploadError extends ProblemError {
  override readonly name = 'UnsupportedUploadError';
  constructor(detail: string) {
    super(415, 'unsupported-media-type', { detail });
  }
}

/** The upload broke off before its end; nothing of it is kept. */
export class UploadBrokenError extends ProblemError {
  override readonly name = 'UploadBrokenError';
  constructor(cause: unknown) {
    super(400, 'upload-broken', { detail: 'The upload broke off; nothing of it was kept.', cause });
  }
}

/** The store of uploaded files does not take the upload; nothing of it is kept. */
export class UploadStoreError extends ProblemError {
  override readonly name = 'UploadStoreError';
  constructor(cause: unknown) {
    super(503, 'upload-store-unavailable', { cause, headers: { 'retry-after': '5' } });
  }
}

/** The file as a whole cannot be read; its import fails with this message. No retry mends it. */
export class CatalogFileError extends Error {
  override readonly name = 'CatalogFileError';
}

/** Another replica has taken the import over; this one must not write to it any more (R28). */
export class ImportTakenOverError extends Error {
  override readonly name = 'ImportTakenOverError';
  constructor(readonly importId: string) {
    super(`import ${importId} is run by another replica`);
  }
}

/** A product came or went while the import wrote its batch; the batch was rolled back and can be repeated. */
export class CatalogMovedError extends Error {
  override readonly name = 'CatalogMovedError';
}

/** An order was confirmed whose stock is not set aside. It cannot happen unless messages were forged or lost. */
export class NotReservedError extends Error {
  override readonly name = 'NotReservedError';
  constructor(
    readonly orderId: string,
    readonly state: string | undefined,
  ) {
    super(`order ${orderId} is confirmed, but its stock is ${state ?? 'unknown'}, not reserved`);
  }
}

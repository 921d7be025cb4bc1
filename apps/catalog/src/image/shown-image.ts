import { type ImageSize, type ShownImage, type ShownImageType, imageKeyOf } from '@lethe/contracts';

/** What the rows of an image and of its product keep: short, since every reading of the product brings it. */
export interface StoredImage {
  readonly id: string;
  readonly digest: string;
  readonly types: readonly ShownImageType[];
  /** Width and height of each. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
}

/** Every file of an image as clients see it, the narrowest first. */
export function sizesOf({ id, digest, types, sizes }: StoredImage): ImageSize[] {
  return sizes.flatMap(([width, height]) =>
    types.map((type) => ({ width, height, type, url: `/${imageKeyOf({ imageId: id, digest, width, type })}` })),
  );
}

/** An image of a product as clients see it. */
export function shownImageOf(image: StoredImage): ShownImage {
  return { id: image.id, sizes: sizesOf(image) };
}

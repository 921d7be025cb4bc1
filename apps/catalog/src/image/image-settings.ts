/** Times and places of images. */
export interface ImageSettings {
  /** Bucket of uploads and of what is shown. */
  readonly bucket: string;
  /** How long a form can be posted. */
  readonly uploadSeconds: number;
  /** How long after that an image is still expected: S3 tells the function of it, and it is tried for hours if need be. */
  readonly patienceSeconds: number;
}

/** Injects the {@link ImageSettings}. */
export const IMAGE_SETTINGS = Symbol('catalog.image-settings');

/** Ten minutes are enough for 10 MiB at 140 kbit/s. Lambda tries an asynchronous invocation for up to six hours. */
export const DEFAULT_IMAGE_SETTINGS: Omit<ImageSettings, 'bucket'> = {
  uploadSeconds: 600,
  patienceSeconds: 21_600,
};

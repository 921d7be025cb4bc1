import { SweepImages, type catalogService } from '@lethe/contracts';
import type { Unit } from '@lethe/outbox';
import type { ImageSettings } from '../image-settings.js';
import { DELETE_IMAGES } from '../image.sql.js';

type Settings = Pick<ImageSettings, 'uploadSeconds' | 'patienceSeconds'>;

/**
 * Says that files of images whose rows this unit removes go too: at once, and again when no form for them is open any
 * more and no function is still at work on them, whose own clean-up may have died with it.
 */
export function abandonImages(
  { emit, schedule }: Pick<Unit<typeof catalogService>, 'emit' | 'schedule'>,
  imageIds: readonly string[],
  { uploadSeconds, patienceSeconds }: Settings,
): void {
  const [key] = imageIds;
  if (key === undefined) return;
  const deliverAt = Date.now() + (uploadSeconds + patienceSeconds) * 1_000;
  emit(SweepImages, { imageIds: [...imageIds] }, { key });
  schedule(SweepImages, { imageIds: [...imageIds] }, { key, deliverAt });
}

/** Removes the images of a product that the unit has just deleted. */
export async function abandonImagesOf(
  unit: Unit<typeof catalogService>,
  productId: string,
  settings: Settings,
): Promise<void> {
  const gone = await unit.tx.query<{ id: string }>(DELETE_IMAGES, [productId]);
  abandonImages(
    unit,
    gone.map(({ id }) => id),
    settings,
  );
}

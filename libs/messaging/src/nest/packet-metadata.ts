import type { PacketMetadata } from '@nestjs/microservices';

/** The message attribute that carries what a dispatch hook of Nest's client attached, as JSON. */
export const METADATA = 'nest-metadata';

/** The attribute of this metadata; none where there is none. */
export function metadataAttributes(metadata: PacketMetadata | undefined): Readonly<Record<string, string>> {
  return metadata === undefined ? {} : { [METADATA]: JSON.stringify(metadata) };
}

/** Metadata as it was attached. Undefined where there is none, or it is none: it comes from outside. */
export function readMetadata(text: string | undefined): PacketMetadata | undefined {
  if (text === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
    return Object.fromEntries(Object.entries(read).filter(([, value]) => typeof value === 'string'));
  } catch {
    // As if it were not there: the message is none the worse for it.
    return undefined;
  }
}

import { type ShownImageType, imageKeyOf, shownImageTypes } from '@lethe/contracts';
import { Public } from '@lethe/identity';
import { Controller, Get, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ImageNotFoundError } from '../../catalog.errors.js';
import { pathId } from '../../product/product.schemas.js';
import { ImageFiles } from './image-files.js';

const TYPES = new Map(
  Object.entries(shownImageTypes).map(([type, ending]) => [ending as string, type as ShownImageType]),
);
const pathDigest = z.string().regex(/^[A-Za-z0-9_-]{16}$/);
const pathFile = z.string().regex(/^[1-9][0-9]{0,4}\.(avif|webp)$/);
/** A year, the most that RFC 2616 once advised: what is behind a path never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The files of images, which anyone may see. A CDN in front asks for each once per place (ADR 26). */
@ApiTags('images')
@Controller('catalog/images')
export class ImageFilesController {
  constructor(private readonly files: ImageFiles) {}

  @Get(':id/:digest/:file')
  @Public()
  @ApiProduces(...Object.keys(shownImageTypes))
  @ApiResponse({ status: 200, description: 'The file.' })
  @ApiResponse({ status: 304, description: 'It is that of If-None-Match, as it ever was.' })
  async find(
    @Param('id', { schema: pathId }) id: string,
    @Param('digest', { schema: pathDigest }) digest: string,
    @Param('file', { schema: pathFile }) file: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const [width = '', ending = ''] = file.split('.');
    const type = TYPES.get(ending);
    if (type === undefined) throw new ImageNotFoundError(id);
    const tag = `"${digest}-${file}"`;
    if (ifNoneMatch?.includes(tag) === true) {
      void reply.code(304).header('etag', tag).header('cache-control', FOREVER);
      return undefined;
    }
    const imageId = id.toLowerCase();
    const found = await this.files.read(imageKeyOf({ imageId, digest, width: Number(width), type }));
    if (found === undefined) throw new ImageNotFoundError(id);
    void reply
      .header('etag', tag)
      .header('cache-control', FOREVER)
      // Any page may show it; none may make anything else of it.
      .header('cross-origin-resource-policy', 'cross-origin');
    return new StreamableFile(found, {
      type,
      disposition: `inline; filename="${imageId}-${file}"`,
      length: found.byteLength,
    });
  }
}

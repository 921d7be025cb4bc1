import { Readable } from 'node:stream';
import { type Import, importQuerySchema, importSchema } from '@lethe/contracts';
import { CurrentUser, LiveSession, type Principal, Roles } from '@lethe/identity';
import { RateLimit } from '@lethe/rate-limits/nest';
import { StreamBody } from '@lethe/service-kit';
import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiConsumes, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { MalformedRequestError, UnsupportedUploadError } from '../catalog.errors.js';
import { pathId } from '../product/product.schemas.js';
import { FindImport } from './find-import.js';
import { StartImport } from './start-import.js';

/** Imports of catalogue files over HTTP. */
@ApiTags('imports')
@Controller('catalog/imports')
@Roles('admin')
@LiveSession()
export class ImportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @RateLimit('start-import')
  @StreamBody('text/csv')
  @HttpCode(202)
  @ApiConsumes('text/csv')
  @ApiResponse({ status: 202, standardSchema: importSchema })
  async start(
    @Query({ schema: importQuerySchema }) { format }: z.output<typeof importQuerySchema>,
    @CurrentUser() user: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Import> {
    const started = await this.commands.execute(new StartImport(format, uploadOf(request), user.id));
    void reply.header('location', `/catalog/imports/${started.id}`);
    return started;
  }

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: importSchema })
  find(@Param('id', { schema: pathId }) id: string): Promise<Import> {
    return this.queries.execute(new FindImport(id));
  }
}

/** The unread body. Throws an {@link UnsupportedUploadError} for an encoding that is not read here. */
function uploadOf({ headers, body }: FastifyRequest): AsyncIterable<Buffer> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new UnsupportedUploadError('Send the file unpacked, without content-encoding.');
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new UnsupportedUploadError('Send the file in UTF-8.');
  }
  if (!(body instanceof Readable)) throw new MalformedRequestError('#body', 'must be the file');
  return body;
}

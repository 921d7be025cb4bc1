import { type AddImage as AddImageBody, type ImageList, type ImageUpload } from '@lethe/contracts';
import { addImageSchema, imageListSchema, imageUploadSchema } from '@lethe/contracts';
import { CurrentUser, LiveSession, type Principal, Roles } from '@lethe/identity';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { pathId } from '../product/product.schemas.js';
import { AddImage } from './add-image.js';
import { DeleteImage } from './delete-image.js';
import { FindImages } from './find-images.js';

/** Images of products, for admins: the bytes go straight to S3, by a form that is signed here. */
@ApiTags('images')
@Controller('catalog/products/:id/images')
@Roles('admin')
@LiveSession()
export class ImagesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: imageListSchema })
  find(@Param('id', { schema: pathId }) id: string): Promise<ImageList> {
    return this.queries.execute(new FindImages(id));
  }

  @Post()
  @ApiResponse({ status: 201, standardSchema: imageUploadSchema })
  add(
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: addImageSchema }) body: AddImageBody,
    @CurrentUser() user: Principal,
  ): Promise<ImageUpload> {
    return this.commands.execute(new AddImage(id, body, user.id));
  }

  @Delete(':imageId')
  @HttpCode(204)
  async remove(
    @Param('id', { schema: pathId }) id: string,
    @Param('imageId', { schema: pathId }) imageId: string,
  ): Promise<void> {
    await this.commands.execute(new DeleteImage(id, imageId.toLowerCase()));
  }
}

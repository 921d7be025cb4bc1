import { type ImageReport, imageReportSchema } from '@lethe/contracts';
import { Services } from '@lethe/identity';
import { Body, Controller, HttpCode, Param, Put } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { pathId } from '../product/product.schemas.js';
import { SettleImage } from './settle-image.js';

/** For the function that looks at uploads alone, by its service token (S40). */
@ApiTags('internal')
@Controller('catalog/internal/images')
@Services('functions')
export class ImageReportsController {
  constructor(private readonly commands: CommandBus) {}

  @Put(':id')
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'Settled so, now or before.' })
  @ApiResponse({ status: 404, description: 'Nobody wants the files: the image or its product is gone.' })
  @ApiResponse({ status: 409, description: 'Nobody wants the files: the image is settled in another way.' })
  async settle(
    @Param('id', { schema: pathId }) id: string,
    @Body({ schema: imageReportSchema }) report: ImageReport,
  ): Promise<void> {
    await this.commands.execute(new SettleImage(id.toLowerCase(), report));
  }
}

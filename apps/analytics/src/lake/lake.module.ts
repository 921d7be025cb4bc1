import { Module } from '@nestjs/common';
import { LakeLog } from './lake-log.js';

/** The lake: what is counted also lands in files. */
@Module({ providers: [LakeLog], exports: [LakeLog] })
export class LakeModule {}

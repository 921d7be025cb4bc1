import 'reflect-metadata';
import { type Message, SQSClient } from '@aws-sdk/client-sqs';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SqsMessageHandler, SqsModule } from '@ssut/nestjs-sqs';
import { observe } from '../measure/observe.js';
import { parseWork } from '../topology.js';
import type { Contender, Job } from './contender.js';
import { tunedClient } from './sdk-client.js';

/** One handler at the defaults; at best a batch handler, whose batches are deleted by ten, for each of many consumers. */
export const nestjsSqs: Contender = {
  name: '@ssut/nestjs-sqs',
  packageName: '@ssut/nestjs-sqs',
  atDefaults: true,
  bestIs: 'batch handler, many consumers',
  best: { none: { polls: 64 }, steady: { polls: 64 }, mixed: { polls: 96 } },
  start: async (job) => {
    const { region, queueUrl, settings, probe } = job;
    const { polls } = settings;
    const sqs = observe(polls === undefined ? new SQSClient({ region }) : tunedClient(region, 2 * polls), probe);
    const names = Array.from({ length: polls ?? 1 }, (_, at) => `consumer-${at}`);
    @Module({
      imports: [
        SqsModule.register({
          consumers: names.map((name) => ({ name, queueUrl, sqs, ...(polls === undefined ? {} : { batchSize: 10 }) })),
        }),
      ],
      providers: names.map((name) => handlerClass(name, job)),
    })
    class Application {}
    await NestFactory.createApplicationContext(Application, { logger: false });
  },
};

/** The library has one handler for each consumer's name. */
function handlerClass(name: string, { handle, settings }: Job) {
  const work = async (body: string | undefined) => handle(parseWork(body));
  if (settings.polls === undefined) {
    @Injectable()
    class Handler {
      @SqsMessageHandler(name)
      onMessage({ Body }: Message): Promise<void> {
        return work(Body);
      }
    }
    return Handler;
  }
  @Injectable()
  class BatchHandler {
    @SqsMessageHandler(name, true)
    async onMessages(messages: readonly Message[]): Promise<void> {
      await Promise.all(messages.map(({ Body }) => work(Body)));
    }
  }
  return BatchHandler;
}

import 'reflect-metadata';
import { createClients } from '@lethe/aws';
import { Handles, SqsServer } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { observe } from '../measure/observe.js';
import { Happened, Work, worker } from '../topology.js';
import type { Contender, Job } from './contender.js';
import { LETHE_SERVER } from './names.js';

/** What an application has: Nest, a controller, schema checks, trace context, retries and dead letters. */
export const letheServer: Contender = {
  name: LETHE_SERVER,
  packageName: '@lethe/messaging',
  atDefaults: true,
  start: async (job) => {
    const clients = createClients({ region: job.region });
    observe(clients.sqs, job.probe);
    @Module({ controllers: [controllerOf(job)] })
    class Application {}
    const strategy = new SqsServer({ service: worker, topology: job.topology, clients });
    const app = await NestFactory.createMicroservice(Application, { strategy, logger: false });
    await app.listen();
  },
};

function controllerOf({ handle }: Job) {
  @Controller()
  class WorkController {
    @Handles(worker, Work)
    onWork({ data }: MessageOf<typeof Work>): Promise<void> {
      return handle(data.n);
    }

    @Handles(worker, Happened)
    onHappened({ data }: MessageOf<typeof Happened>): Promise<void> {
      return handle(data.n);
    }
  }
  return WorkController;
}

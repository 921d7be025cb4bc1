import { setTimeout as pause } from 'node:timers/promises';
import { createClients } from '@lethe/aws';
import { Handles, SqsServer } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { Happened, Work, benchTopology, worker } from '../topology.js';
import type { LatencyJob, LatencyResult } from './job.js';
import { openDatabase, publisherOf, stackOn } from './outbox.js';
import { work } from './report.js';

// Entry of an idle service: now and then it commits an event, and a handler receives it by outbox, relay, SNS and SQS.

/** Milliseconds of rest between two messages, so that each finds everything idle. */
const REST_MS = 25;
const WARM_UP = 20;

let arrived: (n: number) => void = () => undefined;

@Controller()
class WorkController {
  @Handles(worker, Work)
  onWork(): void {}

  @Handles(worker, Happened)
  onHappened({ data }: MessageOf<typeof Happened>): void {
    arrived(data.n);
  }
}

@Module({ controllers: [WorkController] })
class Application {}

async function latency({ databaseUrl, topology: name, rounds }: LatencyJob): Promise<LatencyResult> {
  const topology = benchTopology(name);
  const { database, outbox, relay } = stackOn(await openDatabase(databaseUrl), publisherOf(topology));
  const clients = createClients({ region: process.env['AWS_REGION'] ?? '' });
  const strategy = new SqsServer({ service: worker, topology, clients });
  const app = await NestFactory.createMicroservice(Application, { strategy, logger: false });
  await app.listen();
  relay.start();
  const latencies: number[] = [];
  for (let n = 0; n < WARM_UP + rounds; n += 1) {
    await pause(REST_MS);
    const handled = new Promise<number>((resolve) => {
      arrived = (received) => (received === n ? resolve(performance.now()) : undefined);
    });
    await database.transaction((tx) => outbox.add(tx, Happened, { n }, { key: 'idle' }));
    const committedAt = performance.now();
    const handledAt = await handled;
    if (n >= WARM_UP) latencies.push(handledAt - committedAt);
  }
  return { latencies: latencies.toSorted((a, b) => a - b) };
}

await work(latency);

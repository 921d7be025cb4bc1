import { AwsClients } from '@lethe/aws';
import { AccessGuard } from '@lethe/identity';
import { SqsServer } from '@lethe/messaging';
import { openDeadLetters } from '@lethe/messaging/operations';
import { type ServiceDefinition, type Topology, acceptedTypes, queueName } from '@lethe/topology';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { type BaseConfig } from './config.js';
import { Lifecycle } from './drain/lifecycle.js';
import { createAdapter } from './http/adapter.js';
import { setAnswerHeaders } from './http/answer-headers.js';
import { parseForms } from './http/form-body.js';
import { InFlight, closeConnections } from './http/in-flight.js';
import { addInternalRoutes } from './http/internal-routes.js';
import { parseJsonBodies } from './http/json-body.js';
import { serveOpenApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { logRequests } from './http/request-log.js';
import { traceRequests } from './http/request-trace.js';
import { cutSlowBodies } from './http/slow-bodies.js';
import { passStreams } from './http/stream-body.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { createLogger } from './observe/logger.js';
import { Metrics } from './observe/metrics.js';
import { NestLogger } from './observe/nest-logger.js';
import { QueueMetrics } from './observe/queue-metrics.js';
import { ReadinessRegistry } from './observe/readiness.js';
import { UnguardedError } from './service-kit.errors.js';
import { ServiceModule } from './service.module.js';
import { Tracing } from './tracing/tracing.js';

/** What a service is made of. */
export interface ServiceOptions {
  /** The service, as the topology declares it. */
  readonly definition: ServiceDefinition;
  readonly topology: Topology;
  /** The app's own module; everything of the kit is global. */
  readonly module: Type | DynamicModule;
  readonly config: BaseConfig;
  /** Default: JSON lines on stdout. */
  readonly logger?: Logger;
  /** Whether to consume the service's queue. Default: if it handles any message. */
  readonly consume?: boolean;
  /** Lets a service without IdentityModule start. */
  readonly unguarded?: boolean;
}

/**
 * The service, initialised and consuming its queue, not yet listening: call `app.listen(port)`, or `app.inject(...)`.
 * Throws an UnguardedError where nothing guards its routes, and whatever a module throws when it starts.
 */
export async function createService(options: ServiceOptions): Promise<NestFastifyApplication> {
  const { definition, config } = options;
  const logger =
    options.logger ?? createLogger({ service: definition.name, instance: config.INSTANCE_ID, level: config.LOG_LEVEL });
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceModule.forRoot({ service: definition.name, config, logger, module: options.module }),
    createAdapter(config),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  try {
    if (!options.unguarded) requireGuard(app, definition.name);
    await app.get(Tracing).start();
    prepareHttp(app, config, logger);
    serveOpenApi(app, definition.name);
    if (options.consume ?? definition.handles.length > 0) connectQueue(app, options, logger);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await app.startAllMicroservices();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

function prepareHttp(app: NestFastifyApplication, config: BaseConfig, logger: Logger): void {
  const instance = app.getHttpAdapter().getInstance();
  const lifecycle = app.get(Lifecycle);
  const metrics = app.get(Metrics);
  traceRequests(instance);
  setAnswerHeaders(instance, {
    instance: config.INSTANCE_ID,
    secure: config.PUBLIC_URL.startsWith('https:'),
    lifecycle,
  });
  logRequests(instance, logger, metrics);
  closeConnections(instance, app.get(InFlight), lifecycle);
  app.get(InFlight).limit(instance, config.MAX_IN_FLIGHT, () => metrics.observeShed());
  cutSlowBodies(instance, config.BODY_TIMEOUT_MS);
  parseJsonBodies(instance);
  parseForms(instance);
  passStreams(instance);
  addInternalRoutes(instance, { lifecycle, readiness: app.get(ReadinessRegistry), metrics });
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter(logger));
}

function connectQueue(
  app: NestFastifyApplication,
  { definition, topology, config }: ServiceOptions,
  logger: Logger,
): void {
  const { DRAIN_TIMEOUT_MS, DRAIN_DELAY_MS } = config;
  // Handlers get what the drain has left, less what HTTP, outbox and pools take after them.
  const drainMs = Math.max(1_000, DRAIN_TIMEOUT_MS - DRAIN_DELAY_MS - 5_000);
  const clients = app.get(AwsClients);
  const observer = new QueueMetrics({
    registry: app.get(Metrics).registry,
    types: definition.handles.flatMap(acceptedTypes),
    calls: clients.calls,
    depths: async () => {
      const { source, deadLetters } = await openDeadLetters(
        clients,
        queueName(topology.name, definition.name, definition.queue),
      );
      const { waiting, inFlight } = deadLetters.depth;
      return { ...source.depth, deadLetters: waiting + inFlight };
    },
  });
  const strategy = new SqsServer({ service: definition, topology, clients, logger, drainMs, observer });
  app.connectMicroservice({ strategy }, { inheritAppConfig: false });
}

function requireGuard(app: NestFastifyApplication, service: string): void {
  const guards = app.get<AccessGuard[]>(AccessGuard, { strict: false, each: true });
  if (guards.length === 0) throw new UnguardedError(service);
}

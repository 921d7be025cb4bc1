import 'reflect-metadata';
import { type ServiceDefinition, type Topology } from '@lethe/topology';
import { ordersService, store } from '@lethe/contracts';
import { Relay } from '@lethe/outbox';
import { type BaseConfig, createService } from '@lethe/service-kit';
import type { DynamicModule } from '@nestjs/common';
import { builtModule } from '../orders/built-program.js';

// Entry of the orders service as it was built, with its HTTP and everything that guards it, without its relay and without
// its queue: those are measured elsewhere, and would take their part of this machine.

interface Module {
  readonly AppModule: { forRoot(config: BaseConfig, topology?: Topology): DynamicModule };
}
const { AppModule } = await builtModule<Module>('apps/orders/dist/app.module.js');
const { readOrdersConfig } = await builtModule<{ readOrdersConfig: () => BaseConfig }>(
  'apps/orders/dist/orders.config.js',
);

const config = readOrdersConfig();
const definition: ServiceDefinition = ordersService;
const app = await createService({
  definition,
  topology: store,
  module: AppModule.forRoot(config),
  config,
  consume: false,
});
await app.get(Relay).stop();
await app.listen({ port: 0, host: '127.0.0.1' });
process.once('disconnect', () => process.exit(0));
process.send?.({ url: await app.getUrl() });

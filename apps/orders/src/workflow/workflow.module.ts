import { CONFIG } from '@lethe/service-kit';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { OrdersConfig } from '../orders.config.js';
import { BeginWorkflowHandler } from './begin-workflow.js';
import { StepFunctions } from './step-functions.js';
import { WorkflowProcess } from './workflow.process.js';
import { Workflows } from './workflows.js';

/** The start of workflows. Their steps come back as requests, to the modules whose business they are. */
@Module({
  controllers: [WorkflowProcess],
  providers: [
    BeginWorkflowHandler,
    {
      provide: Workflows,
      inject: [CONFIG],
      useFactory: ({ AWS_REGION, AWS_ACCOUNT_ID }: OrdersConfig) =>
        new StepFunctions({ region: AWS_REGION, accountId: AWS_ACCOUNT_ID }),
    },
  ],
})
export class WorkflowModule implements OnApplicationShutdown {
  constructor(@Inject(Workflows) private readonly workflows: StepFunctions) {}

  onApplicationShutdown(): void {
    this.workflows.close();
  }
}

import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addDelivery } from './delivery/delivery-app.js';
import { deliveryOf } from './delivery/delivery.js';
import { FEATURE_FLAGS } from './stages/feature-flags.js';

// The app of the delivery: `cdk deploy --app 'node dist/delivery-main.js' --all -c repository=owner/name …`.

const app = new App({ context: FEATURE_FLAGS, analyticsReporting: false, stackTraces: false, treeMetadata: false });
addDelivery(
  app,
  deliveryOf((key) => {
    const value: unknown = app.node.tryGetContext(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }),
);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true, writeSuppressionsToCloudFormation: true }));
app.synth();

import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FEATURE_FLAGS } from './stages/feature-flags.js';
import { stageOf } from './stages/stages.js';
import { addStage } from './stages/store-app.js';

const app = new App({
  context: FEATURE_FLAGS,
  analyticsReporting: false,
  stackTraces: false,
  treeMetadata: false,
});
const apps = join(import.meta.dirname, '..', '..');
const said = (key: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
addStage(
  app,
  stageOf({
    stage: said('stage'),
    account: said('account'),
    region: said('region'),
    domain: said('domain'),
    hostedZoneId: said('hostedZoneId'),
    hostedZoneName: said('hostedZoneName'),
    operators: said('operators'),
    identityProvider: said('identityProvider'),
    lakeClicks: said('lakeClicks'),
  }),
  {
    bundles: said('bundles') ?? join(apps, 'functions', 'dist', 'bundles'),
    workflows: join(apps, 'functions', 'workflows'),
  },
);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true, writeSuppressionsToCloudFormation: true }));
app.synth();

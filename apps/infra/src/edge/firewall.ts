import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';

/** Requests of one address in five minutes: a family behind one address shops, a script does not get far. */
const REQUESTS_PER_ADDRESS = 3_000;
/** Sign-ins and registrations of one address in five minutes; the services count per account besides (S27, S51). */
const SIGN_INS_PER_ADDRESS = 300;

const seen = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

interface ManagedRules {
  readonly name: string;
  /** Rules of the group that only count. */
  readonly counted?: readonly string[];
  readonly config?: CfnWebACL.ManagedRuleGroupConfigProperty;
}

/** Amazon's rules, in this order. */
const MANAGED: readonly ManagedRules[] = [
  { name: 'AWSManagedRulesAmazonIpReputationList' },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet' },
  // Catalogues and batches of clicks are larger than the 8 KB that it allows; services have limits of their own (R11).
  { name: 'AWSManagedRulesCommonRuleSet', counted: ['SizeRestrictions_BODY'] },
  {
    name: 'AWSManagedRulesBotControlRuleSet',
    config: { awsManagedRulesBotControlRuleSet: { inspectionLevel: 'COMMON' } },
  },
];

function managedRule({ name, counted = [], config }: ManagedRules, priority: number): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    visibilityConfig: seen(name),
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        ...(config === undefined ? {} : { managedRuleGroupConfigs: [config] }),
      },
    },
  };
}

function rateRule(name: string, priority: number, limit: number, path?: string): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    action: { block: { customResponse: { responseCode: 429 } } },
    visibilityConfig: seen(name),
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        limit,
        ...(path === undefined
          ? {}
          : {
              scopeDownStatement: {
                byteMatchStatement: {
                  fieldToMatch: { uriPath: {} },
                  positionalConstraint: 'STARTS_WITH',
                  searchString: path,
                  textTransformations: [{ priority: 0, type: 'NORMALIZE_PATH' }],
                },
              },
            }),
      },
    },
  };
}

/** What stands before CloudFront: rates per address, known bad inputs and addresses, bots. */
export function addFirewall(scope: Construct): CfnWebACL {
  return new CfnWebACL(scope, 'Firewall', {
    name: 'lethe',
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: seen('lethe'),
    rules: [
      rateRule('rate', 0, REQUESTS_PER_ADDRESS),
      rateRule('sign-in-rate', 1, SIGN_INS_PER_ADDRESS, '/auth/'),
      ...MANAGED.map((group, at) => managedRule(group, at + 2)),
    ],
  });
}

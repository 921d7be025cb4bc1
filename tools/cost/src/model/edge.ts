import { HOURS_PER_MONTH, type Load } from './load.js';
import { BYTES_PER_GB, type Usage, used } from './usage.js';

/** Requests per second that a connection capacity unit carries: one of its dimensions. Source: "Elastic Load Balancing Pricing". */
const LCU_RULES_PER_SECOND = 1_000;
/** Rules that a request is held against: the paths of the services. */
const RULES_PER_REQUEST = 5;
const ZONES = 3;

/** CloudFront, WAF, and what customers download. */
export function edgeUsage(load: Load): Usage[] {
  const { platform } = load.situation;
  return [
    used('cloudfront.request', load.requests, 'requests'),
    used('cloudfront.gb', load.answerBytes / BYTES_PER_GB, 'downloads'),
    used('waf.acl-month', platform.webAcls, 'web ACLs'),
    used('waf.rule-month', platform.wafRules, 'rules'),
    used('waf.request', load.requests, 'requests'),
    used('route53.zone-month', platform.hostedZones, 'zones'),
  ];
}

/** The load balancer and the network. */
export function networkUsage(load: Load): Usage[] {
  const { stage, platform } = load.situation;
  const bytesPerRequest = load.requests === 0 ? 0 : load.answerBytes / load.requests;
  const units =
    load.requests === 0
      ? 0
      : (load.requests / 3_600) *
        Math.max(RULES_PER_REQUEST / LCU_RULES_PER_SECOND, (bytesPerRequest * 3_600) / BYTES_PER_GB);
  return [
    used('alb.hour', HOURS_PER_MONTH * platform.loadBalancers, 'load balancer'),
    used('alb.lcu-hour', units, 'capacity units'),
    used('nat.hour', HOURS_PER_MONTH * stage.natGateways, 'NAT gateways'),
    used('ipv4.hour', HOURS_PER_MONTH * (stage.natGateways + ZONES * platform.loadBalancers), 'public addresses'),
    used('endpoint.hour', HOURS_PER_MONTH * ZONES * platform.interfaceEndpoints, 'endpoints of services'),
    used('endpoint.gb', load.monthly(({ logBytes }) => logBytes) / BYTES_PER_GB, 'logs through endpoints'),
  ];
}

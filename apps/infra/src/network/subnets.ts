/** Subnets of each zone: for NAT gateways, for tasks that call hosts outside AWS, and for everything else. */
export const SUBNETS = {
  edge: { subnetGroupName: 'edge' },
  egress: { subnetGroupName: 'egress' },
  inner: { subnetGroupName: 'inner' },
} as const;

/** Addresses of the network, of which everything inside has one. */
export const NETWORK_CIDR = '10.20.0.0/16';

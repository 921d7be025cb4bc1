/** Ways to run a component that are compared side by side; the first of each is what is deployed. */
export const CHOICES = {
  compute: ['fargate', 'spot', 'lambda'],
  tables: ['on-demand', 'provisioned'],
  streams: ['on-demand', 'provisioned'],
  reading: ['polling', 'fan-out'],
  batching: ['on', 'off'],
  records: ['single', 'aggregated'],
} as const;

export type Choices = { readonly [Name in keyof typeof CHOICES]: (typeof CHOICES)[Name][number] };

/** What is deployed. */
export const DEPLOYED: Choices = {
  compute: 'fargate',
  tables: 'on-demand',
  streams: 'on-demand',
  reading: 'polling',
  batching: 'on',
  records: 'single',
};

/** Every other way to run one component, with all else as deployed. */
export function alternatives(): {
  readonly choice: keyof Choices;
  readonly value: string;
  readonly choices: Choices;
}[] {
  return [
    { choice: 'compute', value: 'spot', choices: { ...DEPLOYED, compute: 'spot' } },
    { choice: 'compute', value: 'lambda', choices: { ...DEPLOYED, compute: 'lambda' } },
    { choice: 'tables', value: 'provisioned', choices: { ...DEPLOYED, tables: 'provisioned' } },
    { choice: 'streams', value: 'provisioned', choices: { ...DEPLOYED, streams: 'provisioned' } },
    { choice: 'reading', value: 'fan-out', choices: { ...DEPLOYED, reading: 'fan-out' } },
    { choice: 'batching', value: 'off', choices: { ...DEPLOYED, batching: 'off' } },
    { choice: 'records', value: 'aggregated', choices: { ...DEPLOYED, records: 'aggregated' } },
  ];
}

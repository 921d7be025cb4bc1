import type { Profile } from '../data/profile.js';

/** What cannot be measured on one machine, and why it is taken to be so. Replaced in the profile's file by who knows better. */
export const ASSUMPTIONS: Profile['assumptions'] = {
  hourOfDay: {
    value: [
      0, 0, 0, 0, 0, 0, 0, 0.0013, 0.0258, 0.0721, 0.1162, 0.1197, 0.157, 0.1332, 0.124, 0.1209, 0.0703, 0.0408, 0.0111,
      0.0066, 0.001, 0, 0, 0,
    ],
    why: 'Share of a day’s orders by hour: 22,064 invoices of the Online Retail data set (UCI, 2010-12 to 2011-12).',
  },
  vcpuPerMeasuredCore: { value: 1, why: 'A vCPU of Fargate is taken for a core of the machine that was measured on.' },
  armPerX86: { value: 1, why: 'CPU time on Graviton against that of the measured processor; not measured.' },
  targetUtilisation: { value: 0.6, why: 'What autoscaling aims at, so that a task may be lost without harm.' },
  peakOfHour: { value: 2, why: 'The busiest minute against the mean of its hour.' },
  acuPerCore: { value: 4, why: 'Aurora gives about a quarter of a vCPU with each capacity unit of 2 GiB.' },
  imageBytesPerVisit: { value: 600_000, why: 'Twenty thumbnails of 15 kB and three images of 100 kB, AVIF.' },
  keptMonths: { value: 12, why: 'Storage is counted as it is after a year of the same load.' },
  clickBytes: { value: 300, why: 'A click in its envelope, in the stream; the schema’s example has 290.' },
  lakeBytesPerEvent: { value: 60, why: 'A row of Parquet, compressed; the text columns repeat.' },
  lambdaSpeedup: {
    value: 1,
    why: 'A function of 256 MB has a seventh of a vCPU; steps wait for HTTP more than they compute.',
  },
};

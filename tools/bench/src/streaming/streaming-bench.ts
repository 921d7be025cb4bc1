import { suiteOfParts } from '../report/suite-of-parts.js';
import { consumingPart } from './consuming.part.js';
import { memoryPart } from './memory.part.js';
import { producingPart } from './producing.part.js';
import { dashboardsPart } from './dashboards.part.js';
import { warehousePart } from './warehouse.part.js';
import { windowsPart } from './windows.part.js';

export const benchStreaming = suiteOfParts({
  parts: [producingPart, consumingPart, memoryPart, warehousePart, windowsPart, dashboardsPart],
  full: { rounds: 9, sliceMs: 1_000, quick: false },
  quick: { rounds: 3, sliceMs: 500, quick: true },
  packages: ['@lethe/streaming', '@aws-sdk/client-kinesis', 'aws-kinesis-agg', 'lifion-kinesis', 'kinesalite'],
});

import { suiteOfParts } from '../report/suite-of-parts.js';
import { confirmationPart } from './confirmation.part.js';
import { growthPart } from './growth.part.js';
import { hotProductPart } from './hot-product.part.js';
import { httpPart } from './http.part.js';
import { placingPart } from './placing.part.js';

export const benchOrders = suiteOfParts({
  parts: [placingPart, httpPart, confirmationPart, growthPart, hotProductPart],
  full: { rounds: 15, sliceMs: 600, quick: false },
  quick: { rounds: 5, sliceMs: 300, quick: true },
  packages: ['pg', 'typeorm', '@lethe/database', '@lethe/outbox', '@lethe/idempotency', '@nestjs/core', 'fastify'],
});

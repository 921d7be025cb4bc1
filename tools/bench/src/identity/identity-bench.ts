import { suiteOfParts } from '../report/suite-of-parts.js';
import { guardPart } from './guard.part.js';
import { sessionsPart } from './sessions.part.js';
import { signInPart } from './sign-in.part.js';
import { verificationPart } from './verification.part.js';

export const benchIdentity = suiteOfParts({
  parts: [verificationPart, guardPart, sessionsPart, signInPart],
  full: { rounds: 15, sliceMs: 400, quick: false },
  quick: { rounds: 5, sliceMs: 150, quick: true },
  packages: [
    '@lethe/identity',
    'jose',
    'aws-jwt-verify',
    '@nestjs/core',
    'fastify',
    '@lethe/sessions',
    'connect-redis',
    'connect-dynamodb',
    'express-session',
  ],
});

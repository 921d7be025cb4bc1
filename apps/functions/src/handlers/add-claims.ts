import { addClaims, tokenEventSchema } from '../user-pool/add-claims.js';

/** Cognito's pre token generation trigger, version 2. Throws a ZodError for another event. */
export const handler = async (event: unknown) => addClaims(tokenEventSchema.parse(event));

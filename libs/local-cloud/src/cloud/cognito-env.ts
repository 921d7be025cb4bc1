import { COGNITO_CLIENT_ID, cognitoPoolId } from '../emulators/cognito/cognito-pool.js';

/** What a store on the embedded Cognito reads, beside the variables of the AWS SDK. */
export function cognitoEnv(url: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: url,
    COGNITO_USER_POOL_ID: cognitoPoolId(region),
    COGNITO_CLIENT_ID,
    COGNITO_ENDPOINT: url,
  };
}

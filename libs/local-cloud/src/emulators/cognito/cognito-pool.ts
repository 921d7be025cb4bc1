/** The app client of the embedded pool; it may sign in with a password, and rotates refresh tokens. */
export const COGNITO_CLIENT_ID = 'lethelocalclient';

/** The embedded pool. One signs in to it by e-mail address, as with `UsernameAttributes` of a real one. */
export const cognitoPoolId = (region: string): string => `${region}_LetheLocal`;

import type { TokenPlace, TokenSigner } from './sign-in.js';

/** The signer of AWS's SDK. It is loaded at the first token, so that who signs in by a password does not pay for it. */
export function rdsSigner({ host, port, user, region }: TokenPlace): TokenSigner {
  let loaded: Promise<TokenSigner> | undefined;
  const load = async (): Promise<TokenSigner> => {
    const { Signer } = await import('@aws-sdk/rds-signer');
    // One for all tokens: it keeps the credentials, and asks for new ones before they end.
    return new Signer({ hostname: host, port, username: user, region });
  };
  return {
    getAuthToken: async () => {
      loaded ??= load();
      return (await loaded).getAuthToken();
    },
  };
}

import type { Clock } from '@lethe/kernel';

/** Whose token, and for which door. */
export interface TokenPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Region of the proxy or the cluster. */
  readonly region: string;
}

/** Makes tokens, each valid for 15 minutes; the shape of `Signer` of `@aws-sdk/rds-signer`. */
export interface TokenSigner {
  getAuthToken(): Promise<string>;
}

/** How a service proves to its database who it is. */
export type SignIn =
  /** By the password in its URL. */
  | { readonly by: 'password' }
  /** By tokens of its role of IAM, over TLS alone. */
  | {
      readonly by: 'iam';
      readonly region: string;
      /** Default: `@aws-sdk/rds-signer`, with the credentials that the SDK finds. */
      readonly signer?: (place: TokenPlace) => TokenSigner;
      /** Judges the age of tokens. Default: the system's. */
      readonly clock?: Clock;
    };

import { DatabaseUrlError } from '../database.errors.js';
import { type Door, doorOf } from './door.js';
import { IamTokens } from './iam-tokens.js';
import { rdsSigner } from './rds-signer.js';
import type { SignIn } from './sign-in.js';

export interface AccessOptions {
  /** `postgres://user:password@host:port/database`; without password where tokens are used. */
  readonly url: string;
  /** Default: by the password in the URL. */
  readonly signIn?: SignIn | undefined;
  /**
   * Certificates in PEM by which the server is verified, such as the bundle of RDS. Default: those of Node, which know the
   * proxies of RDS, and `NODE_EXTRA_CA_CERTS`. With it, or with tokens, nothing is sent to a server that is not verified.
   */
  readonly ca?: string | undefined;
}

/** TLS as `sslmode=verify-full`: a certificate that is trusted, and of this host. */
export interface VerifiedTls {
  readonly rejectUnauthorized: true;
  readonly ca?: string;
}

/** How the driver is told to connect: by the URL as it is, or by its parts, where that would take from them. */
export type Way =
  | { readonly url: string }
  | (Omit<Door, 'password'> & { readonly password: string | AskPassword; readonly ssl: VerifiedTls });

/** The driver asks for the password as for a method of the client that connects. */
type AskPassword = (this: Connecting) => Promise<string>;
/** What the driver lets a password see of the connection. */
export interface Connecting {
  end(): Promise<void>;
}

/** The way in to one database, for every connection of a process: pool, LISTEN and migrations share its tokens. */
export class Access {
  readonly way: Way;
  readonly #tokens: IamTokens | undefined;

  /** Throws a {@link DatabaseUrlError} where the URL does not suit the way of signing in. */
  constructor({ url, signIn = { by: 'password' }, ca }: AccessOptions) {
    if (signIn.by === 'password' && ca === undefined) {
      this.way = { url };
      return;
    }
    const { password, ...door } = doorOf(url);
    const ssl: VerifiedTls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
    if (signIn.by === 'password') {
      if (password === undefined) throw new DatabaseUrlError('has no password');
      this.way = { ...door, password, ssl };
      return;
    }
    if (password !== undefined) throw new DatabaseUrlError('has a password, and tokens are used');
    const place = { host: door.host, port: door.port, user: door.user, region: signIn.region };
    const tokens = new IamTokens(place, (signIn.signer ?? rdsSigner)(place), { clock: signIn.clock });
    this.#tokens = tokens;
    this.way = { ...door, password: askFor(tokens), ssl };
  }

  /** Told of each refusal to sign in: whether it makes sense to come again at once, with another token. */
  renew(sqlState: string | undefined): boolean {
    if (this.#tokens === undefined || sqlState?.startsWith(INVALID_AUTHORIZATION) !== true) return false;
    this.#tokens.forget();
    return true;
  }
}

function askFor(tokens: IamTokens): AskPassword {
  return async function (this: Connecting) {
    try {
      return await tokens.token();
    } catch (error) {
      // The driver leaves the connection open, and the server waits for a minute for a password that never comes.
      void this.end();
      throw error;
    }
  };
}

/** SQLSTATE class 28: 28P01 of a wrong password, 28000 of PAM, which is what RDS checks tokens with. */
const INVALID_AUTHORIZATION = '28';

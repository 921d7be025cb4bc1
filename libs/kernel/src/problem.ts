/** One fault of an input: where (a JSON pointer, RFC 6901, or `#header/name`, `#query/name`, `#path/name`) and what. */
export interface ProblemFault {
  readonly pointer: string;
  readonly detail: string;
}

/** The body of a problem answer, media type `application/problem+json` (RFC 9457 3.1). */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: readonly ProblemFault[];
  readonly [extension: string]: unknown;
}

export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly ProblemFault[];
  /** Further members of the body. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Headers of the answer, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  428: 'Precondition required',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Service unavailable',
  504: 'Gateway timeout',
};

/**
 * An error that knows its HTTP answer. Domain code throws subclasses; only the HTTP edge turns them into a response.
 * `slug` names the kind of problem and becomes the `type` URI `urn:lethe:problem:<slug>`.
 */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError';
  readonly errors: readonly ProblemFault[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly slug: string,
    readonly options: ProblemOptions = {},
  ) {
    super(options.detail ?? TITLES[status] ?? slug, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors;
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }

  toDetails(instance?: string): ProblemDetails {
    return {
      ...this.extensions,
      type: `urn:lethe:problem:${this.slug}`,
      title: TITLES[this.status] ?? this.slug,
      status: this.status,
      ...(this.options.detail === undefined ? {} : { detail: this.options.detail }),
      ...(instance === undefined ? {} : { instance }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

/** The problem for a bare HTTP status, as when the framework itself refuses a request. */
export function problemOfStatus(status: number, detail?: string): ProblemError {
  const title = TITLES[status] ?? 'Problem';
  return new ProblemError(status, title.toLowerCase().replaceAll(' ', '-'), detail === undefined ? {} : { detail });
}

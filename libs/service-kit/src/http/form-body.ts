import { ProblemError } from '@lethe/kernel';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Forms here are a few short fields. */
const LIMIT_BYTES = 16_384;

interface FormConfig {
  readonly form?: boolean;
}

/**
 * The route takes `application/x-www-form-urlencoded`, of at most 16 KiB, and nothing else (415): its body is a record of
 * texts. A field that is there twice is refused (RFC 6749 3.1, S43).
 */
export const FormBody = () => RouteConfig({ form: true } satisfies FormConfig);

/** Makes {@link FormBody} work; call before routes are added. */
export function parseForms(instance: FastifyInstance): void {
  instance.addContentTypeParser(FORM_TYPE, { parseAs: 'string', bodyLimit: LIMIT_BYTES }, (request, body, done) => {
    if (!takesForm(request.routeOptions.config)) return done(unsupported(`${FORM_TYPE} is not taken here`));
    const fields = new Map<string, string>();
    for (const [name, value] of new URLSearchParams(body.toString())) {
      if (fields.has(name)) return done(new ProblemError(400, 'invalid-form', { detail: 'a field is there twice' }));
      fields.set(name, value);
    }
    done(null, Object.fromEntries(fields));
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (takesForm(request.routeOptions.config) && request.method === 'POST' && type !== FORM_TYPE)
      done(unsupported(`send ${FORM_TYPE}`));
    else done();
  });
}

function unsupported(detail: string): ProblemError {
  return new ProblemError(415, 'unsupported-media-type', { detail });
}

function takesForm(config: unknown): boolean {
  return (config as FormConfig | undefined)?.form === true;
}

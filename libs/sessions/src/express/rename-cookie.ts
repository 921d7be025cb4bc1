import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type HostCookie, readCookie, setCookieHeader } from '../cookies/host-cookie.js';

/**
 * Express middleware, before express-session, that lets a session cookie change its name, to one with `__Host-` for
 * instance, without signing anybody out: where a browser brings the old name alone, the session is found by it, and the
 * answer sets the same signed value under the new name and takes the old one back. Remove it when the cookies of the old
 * name have ended. `from` is the old name, `connect.sid` unless the application chose one, with the path `/`.
 */
export function renameCookie(from: string, to: HostCookie) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const { cookie: header } = request.headers;
    const value = readCookie(header, from);
    if (value !== undefined && readCookie(header, to.name) === undefined) {
      request.headers.cookie = `${header}; ${to.name}=${value}`;
      response.appendHeader('set-cookie', setCookieHeader(to, value));
      response.appendHeader('set-cookie', `${from}=; Path=/; Max-Age=0`);
    }
    next();
  };
}

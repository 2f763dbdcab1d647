import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request to the gateway itself carries the token, in either header of the Messages API. */
export function holdsToken(headers: IncomingHttpHeaders, token: string): boolean {
  const key = headers['x-api-key'];
  const bearer = /^Bearer (?<value>\S+)$/iu.exec(headers.authorization ?? '')?.groups?.['value'];
  return [typeof key === 'string' ? key : '', bearer ?? ''].some((given) => sameText(given, token));
}

/** Whether a request to the proxy carries it, as the password of any user. */
export function holdsProxyToken(headers: IncomingHttpHeaders, token: string): boolean {
  const given = headers['proxy-authorization'] ?? '';
  const basic = /^Basic (?<value>[\w+/=-]+)$/iu.exec(given)?.groups?.['value'] ?? '';
  const password = Buffer.from(basic, 'base64')
    .toString('latin1')
    .replace(/^[^:]*:/u, '');
  return sameText(password, token);
}

/** Takes as long for a near miss as for a far one. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

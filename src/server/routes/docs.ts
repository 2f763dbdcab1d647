import { DOCS_STYLE, docsPage } from '../docs-page.ts';
import type { Http } from '../parts.ts';

const page = { config: { open: true, page: true }, schema: { hide: true } } as const;

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The description of the API: it holds nothing that is anybody's. */
export function docsRoutes(http: Http): void {
  http.get('/openapi.json', page, async (_, reply) =>
    reply.type('application/json').send(JSON.stringify(http.swagger())),
  );
  http.get('/docs', page, async (_, reply) => {
    const described: unknown = JSON.parse(JSON.stringify(http.swagger()));
    reply.header('content-security-policy', POLICY);
    return reply.type('text/html; charset=utf-8').send(docsPage(described ?? {}));
  });
  http.get('/docs/style.css', page, async (_, reply) => reply.type('text/css').send(DOCS_STYLE));
}

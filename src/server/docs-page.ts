/** Of an OpenAPI document what the page shows; everything may be absent. */
interface Described {
  readonly paths?: Readonly<Record<string, unknown>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

/** The API for people: one page without scripts, made of the same document that programs read. */
export function docsPage(described: Described): string {
  const paths = Object.entries(described.paths ?? {}).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const operation = fieldOf(methods, method);
      return operation === undefined
        ? []
        : [operationOf(`${method.toUpperCase()} ${path}`, operation)];
    }),
  );
  const schemas = Object.entries(described.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="${escaped(name)}"><summary>${escaped(name)}</summary>${code(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>harness API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/style.css"></head>
<body><h1>harness API</h1>
<p>For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Send <code>Authorization: Bearer TOKEN</code>.</p>
<h2>Requests</h2>${paths.join('\n')}
<h2>Schemas</h2>${schemas.join('\n')}
</body></html>`;
}

export const DOCS_STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
details{border-top:1px solid #8886;padding:.4rem 0}
summary{cursor:pointer;font-family:ui-monospace,monospace}
pre{overflow:auto;padding:.75rem;border:1px solid #8886;font-size:.85rem}`;

function operationOf(title: string, operation: unknown): string {
  const parts = ['parameters', 'requestBody', 'responses'].flatMap((name) => {
    const part = fieldOf(operation, name);
    return part === undefined ? [] : [`<h3>${name}</h3>${code(part)}`];
  });
  return `<details><summary>${escaped(title)}</summary>${parts.join('')}</details>`;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function code(value: unknown): string {
  return `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/gu, (char) => ENTITIES[char] ?? char);
}

import { once } from 'node:events';
import { createApp } from '../../src/app.js';

/**
 * Starts the application on a free port; it is closed when the test ends.
 * `call('GET', '/health')` gives status, headers and the parsed body.
 */
export async function startApp(t, deps) {
  const server = await createApp(deps);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const base = `http://127.0.0.1:${server.address().port}`;
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  };
}

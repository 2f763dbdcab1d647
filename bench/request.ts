import { DEFAULT_MODEL } from '../src/config/models.ts';
import { withBrowserTools } from './browser-tools.ts';
import { bareFirstRequest, harnessFirstRequest } from './first-request.ts';

/** Bytes that each session pays for before its first word: what it is told of itself and its tools. */
const rows = {
  'bare SDK with the same tools': await bareFirstRequest(DEFAULT_MODEL),
  'a coding session': await harnessFirstRequest(DEFAULT_MODEL),
  'a coding session with the browser': await withBrowserTools((servers) =>
    harnessFirstRequest(DEFAULT_MODEL, { boxServers: servers }),
  ),
  'a coding session of demo mode': await harnessFirstRequest(DEFAULT_MODEL, { demo: true }),
  'the same with the browser': await withBrowserTools((servers) =>
    harnessFirstRequest(DEFAULT_MODEL, { boxServers: servers, demo: true }),
  ),
};

console.log(`First request with ${DEFAULT_MODEL}, the item's own text left out:`);
for (const [name, bytes] of Object.entries(rows))
  console.log(`${String(bytes).padStart(7)} bytes  ${name}`);

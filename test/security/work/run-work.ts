import { join } from 'node:path';
import { playwrightServer } from '../../../src/gateway/mcp/browser.ts';
import { AGENT_HOME } from '../../../src/safety/bwrap-arguments.ts';
import { findBrowser } from '../../../src/safety/find-browser.ts';
import { keepScreenshots, type Kept } from '../../../src/verify/keep-screenshots.ts';
import { aBox, SYSTEM_PATH } from '../../safety/a-box.ts';
import { call, type Block } from '../../support/messages-server.ts';
import { aRegistry } from '../../workspaces/environment-registry.ts';
import { playWired } from '../a-wired-session.ts';

/** What a session did that does ordinary work, step by step. */
export interface WorkReport {
  readonly outputs: Readonly<Record<keyof typeof WORK, string>>;
  /** Null: there is no browser on this machine. */
  readonly kept: Kept | null;
  readonly hosts: readonly string[];
  readonly registryAsked: readonly string[];
  readonly end: unknown;
}

const bash = (command: string): Block => call('Bash', { command, description: 'work' });
const browser = (tool: string, input: object = {}): Block =>
  call(`mcp__playwright__browser_${tool}`, input);

const SERVER = `
const add = require('tiny-adder');
const page = '<title>Sum</title><p id=x></p><script>x.textContent = ' + add(40, 2) + ' + " made by a script"</script>';
require('node:http').createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(page)).listen(3000, '127.0.0.1');
`;

const WORK = {
  installed: bash(
    `echo '{"name":"app","version":"1.0.0"}' > package.json && npm install tiny-adder@1.2.3 && cat node_modules/tiny-adder/built`,
  ),
  ran: bash(`node -p 'require("tiny-adder")(2, 3)'`),
  started: bash(
    `cat > server.js <<'END'\n${SERVER}END\nnohup node server.js >/dev/null 2>&1 & until curl -s 127.0.0.1:3000 >/dev/null; do sleep 0.1; done; echo started`,
  ),
  fetched: bash('curl -sS http://127.0.0.1:3000/'),
  opened: browser('navigate', { url: 'http://127.0.0.1:3000/' }),
  seen: browser('snapshot'),
  pictured: browser('take_screenshot', { filename: 'sum.png', scale: 'css' }),
  away: browser('navigate', { url: 'https://example.org/' }),
  unlisted: browser('tabs', { action: 'list' }),
  committed: bash(
    'printf node_modules > .gitignore; git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm first && git log --format=%s --name-only',
  ),
} as const;

async function work(): Promise<WorkReport> {
  await using place = await aBox();
  await using registry = await aRegistry(place.root);
  const search = await findBrowser({ named: null, path: SYSTEM_PATH, home: '/nonexistent' });
  const found = 'found' in search ? search.found : null;
  const { outputs, events, recorded, images } = await playWired({
    place,
    blocks: Object.values(WORK),
    registries: { npm: registry.url, scopes: {}, pypi: null },
    tools: (folder) =>
      found === null
        ? []
        : [playwrightServer({ browser: found, images: folder, home: AGENT_HOME, ownWalls: false })],
  });
  const names = Object.keys(WORK);
  const said = names.map((name, at) => [name, outputs[at] ?? '']);
  const kept = { from: images, to: join(place.root, 'kept'), prefix: '' };
  return {
    outputs: Object.fromEntries(said),
    kept: found === null ? null : await keepScreenshots(kept),
    hosts: recorded.flatMap((one) => (one.type === 'egress.asked' && one.allowed ? one.host : [])),
    registryAsked: registry.requests,
    end: events.at(-1),
  };
}

process.stdout.write(`${JSON.stringify(await work())}\n`);

import { PUBLIC_NPM } from '../../src/domain/registries.ts';
import { PUPPETEER } from '../../src/gateway/mcp/browser.ts';
import { findBrowser } from '../../src/safety/find-browser.ts';
import { SYSTEM_PATH, unsealable } from '../safety/a-box.ts';

const search = await findBrowser({ named: null, path: SYSTEM_PATH, home: '/nonexistent' });

function whyNot(): string | undefined {
  if (unsealable !== undefined) return `there is no ${unsealable}`;
  return 'missing' in search ? search.missing : undefined;
}

/** Why there is nothing to browse with here; undefined: there is. */
export const browserObstacle = whyNot();

/** The same for Puppeteer, whose package has to be had first. */
export async function puppeteerObstacle(): Promise<string | undefined> {
  if (browserObstacle !== undefined) return browserObstacle;
  const url = `${PUBLIC_NPM}${PUPPETEER.package.replace(/@[^@]+$/u, '').replace('/', '%2f')}`;
  const signal = AbortSignal.timeout(5000);
  return fetch(url, { method: 'HEAD', signal }).then(
    ({ ok }) => (ok ? undefined : 'the registry does not have it'),
    () => 'the registry can not be reached',
  );
}

/** The authorities that this machine trusts beyond the usual ones. */
export const TRUST = { NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] };

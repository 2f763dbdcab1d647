import { join, relative } from 'node:path';
import type { HarnessEvent } from '../../domain/event.ts';
import type { SessionTools } from '../../gateway/mcp/box-servers.ts';
import { keepScreenshots } from '../../verify/keep-screenshots.ts';
import { askedHosts } from './asked-hosts.ts';
import type { Begun, WorkshopDeps } from './deps.ts';
import type { Place } from './place.ts';

interface Talk {
  readonly begun: Begun;
  readonly place: Place;
}

/** The MCP servers in this session's box; throws when one is not what was agreed to. */
export async function openTools(deps: WorkshopDeps, { begun, place }: Talk): Promise<SessionTools> {
  const hosts = askedHosts(deps, begun);
  try {
    return await deps.sessionTools({
      subject: begun.subject,
      demo: begun.run.settings.demo !== undefined,
      folder: place.socketDir,
      images: imagesIn(place),
      asked: hosts.asked,
    });
  } finally {
    await hosts.stored();
  }
}

/** What a coder is told beyond its prompt when it has a browser; the prompts of demo mode say it themselves. */
export function browserNote({ servers }: SessionTools, { run }: Pick<Begun, 'run'>): string {
  if (run.settings.demo !== undefined) return '';
  const browses = servers.some(({ tools }) => tools.some((tool) => SCREENSHOT.test(tool)));
  return browses ? `\n\n${NOTE}` : '';
}

const SCREENSHOT = /^(?:browser_take|puppeteer)_screenshot$/u;
const NOTE =
  'You have a browser, which reaches servers that your commands start. Look at each page that you change, and take a screenshot of what works: it is kept as evidence.';

/** In the session's own folder, which goes on with it. */
function imagesIn({ configDir }: Place): string {
  return join(configDir, 'screenshots');
}

/** Keeps the pictures that the session took, as evidence of what it saw; null: it took none. */
export async function picturesOf(
  deps: Pick<WorkshopDeps, 'paths'>,
  { begun, place }: Talk,
): Promise<HarnessEvent | null> {
  const { attempt, project, subject } = begun;
  const to = deps.paths.evidenceOf(project, subject.item ?? `${subject.phase}-${subject.role}`);
  const prefix = `try-${attempt.number}`;
  const { screenshots, left } = await keepScreenshots({ from: imagesIn(place), to, prefix });
  if (screenshots.length === 0 && left === 0) return null;
  const files = screenshots.map(({ file }) => relative(project.directory, join(to, file)));
  return { type: 'screenshots.kept', subject, files, left };
}

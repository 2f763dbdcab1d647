import type { ProtectedFile } from '../../domain/approval.ts';
import { covers } from '../../safety/fence/protected.ts';
import type { FileChange } from '../../workspaces/attempt-work.ts';

/** Files that only a person may write, whatever the configuration says. */
const OPERATORS = [
  'orchestrator.yaml',
  '.env',
  '.env.*',
  'prompts/**',
  '.gitmodules',
  '.claude/**',
  '.claude_settings.json',
  '.mcp.json',
  '.orchestrator_state.json',
  '.linear_project.json',
  '.work_items.json',
  '.harness/**',
  '.envrc',
];

/** They decide from where code is fetched, and what runs when it is: also on the operator's machine. */
const PACKAGE_MANAGERS = [
  '**/.npmrc',
  '**/.yarnrc',
  '**/.yarnrc.yml',
  '**/.pnpmfile.cjs',
  '**/bunfig.toml',
  '**/pip.conf',
];

/**
 * Programs and packages that a lock file should bring. Committed, they take the place of those that checks
 * are run with: npm looks for `node` itself in `node_modules/.bin` first.
 */
const INSTALLED = ['**/node_modules/**', '**/.venv/**', '**/.yarn/{releases,plugins}/**'];

/** An example holds no secret and configures nothing. */
const NEVER = new Set(['.env.example', '.env.sample', '.env.template']);

/** Whose file the change touches, if a person has to allow it; undefined: it is free. */
export function protectionOf(
  { path, deed }: Pick<FileChange, 'path' | 'deed'>,
  configured: readonly string[],
): ProtectedFile | undefined {
  if (NEVER.has(path)) return undefined;
  const because = ownerOf(path, configured);
  return because === undefined ? undefined : { path, deed, because };
}

function ownerOf(path: string, configured: readonly string[]): string | undefined {
  const among = (globs: readonly string[]): boolean => globs.some((glob) => covers(glob, path));
  if (among(OPERATORS)) return 'belongs to the operator';
  if (among(configured)) return 'named in security.protected_paths';
  if (among(PACKAGE_MANAGERS)) return 'configures a package manager';
  return among(INSTALLED) ? 'stands in for what is installed' : undefined;
}

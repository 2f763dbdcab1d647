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

/** What judges the project beside the harness: free to be added, not to be weakened. */
const JUDGES = [
  '.github/workflows/**',
  '.gitlab-ci.yml',
  '.circleci/**',
  'azure-pipelines.yml',
  'Jenkinsfile',
  '.husky/**',
  '.pre-commit-config.yaml',
  '**/{vitest,jest,playwright,karma}.config.*',
  '**/karma.conf.*',
  '**/.mocharc.*',
  '**/pytest.ini',
  '**/tox.ini',
];

/** An example holds no secret and configures nothing. */
const NEVER = new Set(['.env.example', '.env.sample', '.env.template']);

/** Whose file the change touches, if a person has to allow it; undefined: it is free. */
export function protectionOf(
  { path, deed }: Pick<FileChange, 'path' | 'deed'>,
  configured: readonly string[],
): ProtectedFile | undefined {
  if (NEVER.has(path)) return undefined;
  const because = ownerOf(path, deed, configured);
  return because === undefined ? undefined : { path, deed, because };
}

function ownerOf(
  path: string,
  deed: FileChange['deed'],
  configured: readonly string[],
): string | undefined {
  const among = (globs: readonly string[]): boolean => globs.some((glob) => covers(glob, path));
  if (among(OPERATORS)) return 'belongs to the operator';
  if (among(configured)) return 'named in security.protected_paths';
  if (among(PACKAGE_MANAGERS)) return 'configures a package manager';
  return deed !== 'adds' && among(JUDGES) ? 'judges the project' : undefined;
}

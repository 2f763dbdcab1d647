import { matchesGlob, sep } from 'node:path';
import { folded } from './spelling.ts';

/**
 * What file tools never write below a workspace: what tells an agent's tools what to run or allow,
 * and the harness's own records. Changes of `orchestrator.yaml`, `prompts/` and `.env` are not here:
 * an agent may propose them, and a person decides at the merge.
 */
const HARNESS = [
  '.claude/**',
  '.claude_settings.json',
  '.mcp.json',
  '.orchestrator_state.json',
  '.linear_project.json',
  '.work_items.json',
  '.harness/**',
];

/** At any depth; also as file systems with short or padded names spell it. */
const GIT = /^(?:\.git|git~\d+|\.gitmodules)[. ]*$/u;

/**
 * Whether a path, relative to the workspace, belongs to git or to what only a person may change. A
 * protected folder is protected itself too.
 */
export function isProtected(below: string, globs: readonly string[]): 'git' | 'protected' | null {
  const names = below.split(sep);
  if (names.some((name) => GIT.test(folded(name)))) return 'git';
  return [...HARNESS, ...globs].some((glob) => covers(glob, names.join('/'))) ? 'protected' : null;
}

/**
 * Whether a glob names the path or a folder above it. A protected folder is protected itself too: a
 * link in its place would lead whoever reads it elsewhere. Spellings that some file system takes for
 * the same name are the same.
 */
export function covers(glob: string, path: string): boolean {
  const segments = folded(path).split('/');
  const places = segments.map((_, at) => segments.slice(0, at + 1).join('/'));
  const forms = [glob, glob.replace(/\/\*\*$/u, '')].map((form) => withoutDots(folded(form)));
  return places.some((place) => forms.some((form) => matchesGlob(withoutDots(place), form)));
}

/** To a glob a leading dot is special, to a protection it must not be. */
function withoutDots(text: string): string {
  return text.replaceAll(/(^|\/)\./gu, '$1\u0001');
}

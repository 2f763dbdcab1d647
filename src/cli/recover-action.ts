import { resolve } from 'node:path';
import type { Attempt } from '../domain/attempt.ts';
import { HarnessError } from '../domain/errors.ts';
import type { App } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext, withApp, type Context } from './context.ts';
import { findProject } from './find-project.ts';
import { table } from './table.ts';

/** Flags of `recover`, as commander gives them. */
export interface RecoverOptions extends CommonOptions {
  readonly to?: string;
}

const PREFIX = 'refs/harness/rescue/';

/** Lists what was rescued, or writes one rescue's files into a folder. */
export async function recoverAction(
  ref: string | undefined,
  options: RecoverOptions,
): Promise<void> {
  if (ref === undefined && options.to !== undefined)
    throw usage('Say which rescue: `harness recover REF --to DIR`; `harness recover` lists them');
  if (ref !== undefined && options.to === undefined)
    throw usage('Say where to: `harness recover REF --to DIR`, a new or empty folder');
  const context = openContext(options);
  await withApp(context, async (app) => {
    const { project } = await findProject(app, context);
    const hub = await app.hubOf(project);
    const rescues = await hub.listRescues();
    if (ref === undefined || options.to === undefined) return list(app, context, rescues);
    const found = rescues.find((one) => one.ref === ref || one.ref === `${PREFIX}${ref}`);
    if (found === undefined)
      throw usage(`There is no rescue ${ref}; \`harness recover\` lists them`);
    const directory = resolve(context.cwd, options.to);
    await hub.restoreRescue(found.ref, directory);
    context.output.object({ ref: found.ref, directory });
    context.output.data(`${shortOf(found.ref)} is restored in ${directory}`);
    return undefined;
  });
}

interface Rescued {
  readonly ref: string;
  readonly at: string;
  readonly attemptId: string;
  readonly kind: string;
  readonly files: number;
  readonly skipped: readonly string[];
}

async function list(app: App, { output }: Context, rescues: readonly Rescued[]): Promise<void> {
  const rows: string[][] = [];
  for (const rescue of rescues) {
    const attempt = await app.store.attempts.get(rescue.attemptId);
    const { itemKey: item = null, role = null, number = null } = attempt ?? {};
    output.object({ ...rescue, item, role, try: number });
    rows.push(rowOf(rescue, attempt));
  }
  if (rescues.length === 0) output.talk('nothing was rescued: no attempt left work behind');
  for (const line of table(rows)) output.data(line);
  if (rescues.length > 0) output.talk('`harness recover REF --to DIR` writes the files of one');
}

function rowOf(rescue: Rescued, attempt: Attempt | undefined): string[] {
  const { ref, at, kind, files, skipped } = rescue;
  const whose = attempt?.itemKey ?? (attempt && `${attempt.phase}/${attempt.role}`);
  return [
    shortOf(ref),
    at.slice(0, 19).replace('T', ' '),
    attempt === undefined ? 'unknown attempt' : `${whose} try ${attempt.number}`,
    kind,
    `${files} file${files === 1 ? '' : 's'}${skipped.length === 0 ? '' : `, without ${skipped.map(brief).join(', ')}`}`,
  ];
}

/** Of a path: enough to know it by. `--json` has all of it. */
const MOST_CHARS = 80;

function brief(path: string): string {
  return path.length <= MOST_CHARS ? path : `${path.slice(0, 30)}…${path.slice(-MOST_CHARS + 31)}`;
}

function shortOf(ref: string): string {
  return ref.startsWith(PREFIX) ? ref.slice(PREFIX.length) : ref;
}

function usage(what: string): HarnessError {
  return new HarnessError('USAGE', what, { exit: 2 });
}

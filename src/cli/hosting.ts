import { HarnessError } from '../domain/errors.ts';
import type { Project, Run } from '../domain/run.ts';
import { openHost, type App, type Config, type Host, type Upstream } from '../app.ts';
import { startRehearsal, type Rehearsal } from '../rehearsal/start.ts';
import type { Context } from './context.ts';
import { finishing } from './finishing.ts';
import { follow } from './follow.ts';
import { unsealedLine } from './status-lines.ts';
import { printSummary } from './summary.ts';

/** Where the model calls of this process go, and what that changes. */
export interface Models {
  readonly upstream: Upstream;
  readonly rehearsal: Rehearsal | null;
}

/** The scripted model, or the real one with the operator's credential. Throws CREDENTIAL_MISSING (exit 4). */
export async function openModels(config: Config, rehearse: boolean): Promise<Models> {
  if (rehearse) {
    const rehearsal = await startRehearsal();
    return { upstream: rehearsal.upstream, rehearsal };
  }
  if (config.credential === null) throw credentialMissing();
  const { kind, value } = config.credential;
  const credential = { kind, value: value.reveal() };
  return { upstream: { baseUrl: config.upstreamUrl, credential }, rehearsal: null };
}

function credentialMissing(): HarnessError {
  return new HarnessError(
    'CREDENTIAL_MISSING',
    'Neither ANTHROPIC_API_KEY nor CLAUDE_CODE_OAUTH_TOKEN is set. For a subscription run `claude setup-token` and export CLAUDE_CODE_OAUTH_TOKEN; without any, `--rehearse` plays a scripted model',
    { exit: 4 },
  );
}

/** Makes this process a worker while the body runs. Throws `HOSTING_LOST` (exit 75) when it can't be one any more. */
export async function hosting<T>(
  {
    app,
    context,
    models,
    capacity = 16,
    labels = [],
  }: {
    readonly app: App;
    readonly context: Context;
    readonly models: Models;
    /** Attempts at once in this process. */
    readonly capacity?: number;
    /** Of the work items that it takes; none: all. */
    readonly labels?: readonly string[];
  },
  body: (host: Host) => Promise<T>,
): Promise<T> {
  tellUnasked(context);
  const explicit = context.config.settings.sandbox.driver === 'none';
  const allowed = models.rehearsal === null ? 'never' : 'allowed';
  const host = await openHost(app, {
    label: models.rehearsal === null ? '' : 'rehearsal',
    labels,
    upstream: models.upstream,
    unsealed: explicit ? 'explicit' : allowed,
    capacity,
  });
  if (host.unsealed !== null) context.output.warn(unsealedLine(host.unsealed));
  return finishing(
    () => Promise.race([body(host), host.lost]),
    () => host.stop(),
  );
}

/** Who relies on a further index would otherwise look elsewhere for why a package is missing. */
function tellUnasked({ config, output }: Context): void {
  const { extraIndexes } = config.registries;
  if (extraIndexes.length > 0)
    output.talk(`pip's extra-index-url is not used: ${extraIndexes.join(', ')}`);
}

export interface Watching {
  readonly app: App;
  readonly context: Context;
  readonly project: Project;
  readonly run: Run;
  readonly unsealed: string | null;
  /** Last event already shown. */
  readonly after: number;
  readonly look?: () => Promise<void>;
}

/** Follows a hosted run to its end and says how it went; the exit status becomes the process's. */
export async function watch(order: Watching): Promise<void> {
  const { app, context, project, run, unsealed } = order;
  if (unsealed !== null)
    await app.store.events.append(project.id, run.id, [{ type: 'run.unsealed', reason: unsealed }]);
  const { output } = context;
  const { after, look } = order;
  const following = { app, project, runId: run.id, output, after };
  const followed = await follow(look === undefined ? following : { ...following, look });
  await printSummary({ app, output, project, run: followed.run });
  process.exitCode = followed.exit;
}

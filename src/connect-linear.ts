import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE_MS } from './adapters/trackers/linear/client.ts';
import { examineLinear, teamIdOf } from './adapters/trackers/linear/examine.ts';
import type { LinearView } from './adapters/trackers/linear/examine.ts';
import { findMadeProject } from './adapters/trackers/linear/made-project.ts';
import { openLinearTracker } from './adapters/trackers/linear/open.ts';
import type { LinearTrackerOrder } from './adapters/trackers/linear/open.ts';
import type { Config } from './config/config.ts';
import { HarnessError } from './domain/errors.ts';
import { projectMark, type TrackerProject } from './domain/demo.ts';
import type { BackendSettings, Run } from './domain/run.ts';
import { newId } from './new-id.ts';
import type { WorkTracker } from './work/tracker.ts';

interface LinearOrder {
  /** Our project, and what Linear's is called unless the configuration says otherwise. */
  readonly project: string;
  readonly name: string;
  readonly backend: BackendSettings;
}

/** The tracker in Linear, with the operator's key. Throws `TRACKER_KEY_MISSING` (exit 4). */
export function connectLinear(config: Config, order: LinearOrder): WorkTracker {
  return openLinearTracker(accessOf(config, order));
}

/** What the operator's key sees, for `harness doctor`; throws as the tracker does. */
export function lookAtLinear(config: Config): Promise<LinearView> {
  const name = config.projectName ?? 'harness';
  const { backend } = config.settings;
  return examineLinear(accessOf(config, { project: name, name, backend }));
}

/** Clocks may differ by so much, Linear's from ours. */
const SKEW_MS = 86_400_000;

/** The project that a run of demo mode made in Linear, also where nobody lived to note it. */
export function madeProject(config: Config, run: Run): Promise<TrackerProject | undefined> {
  const { backend } = run.settings;
  const access = accessOf(config, { project: run.projectId, name: run.projectId, backend });
  const since = new Date(Date.parse(run.createdAt) - SKEW_MS).toISOString();
  return findMadeProject(access, { mark: projectMark(run.id), since });
}

/** Id of the team that a run's items belong to. */
export function linearTeamOf(config: Config, { projectId, settings }: Run): Promise<string> {
  return teamIdOf(
    accessOf(config, { project: projectId, name: projectId, backend: settings.backend }),
  );
}

function accessOf({ linear }: Config, { project, name, backend }: LinearOrder): LinearTrackerOrder {
  return {
    url: linear.apiUrl,
    apiKey: linear.apiKey?.reveal() ?? keyMissing(),
    project,
    team: backend.linearTeam,
    linearProject: backend.linearProject ?? name,
    now: () => Date.now(),
    newId,
    pause: (ms, signal) => sleep(ms, undefined, { signal }),
    patience: PATIENCE_MS,
  };
}

function keyMissing(): never {
  throw new HarnessError(
    'TRACKER_KEY_MISSING',
    'LINEAR_API_KEY is not set, and backend.type is linear: make a key at https://linear.app/YOUR-TEAM/settings/api and export LINEAR_API_KEY, or choose json or postgres',
    { exit: 4 },
  );
}

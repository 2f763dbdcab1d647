import type { RunSettings } from '../domain/run.ts';
import type { Upstream } from '../gateway/wire.ts';
import { startRehearsalModel } from './model.ts';
import { isDemo, pocketLedger } from './scenarios/pocket-ledger.ts';
import { readingList } from './scenarios/reading-list.ts';
import type { Scenario } from './script.ts';

export interface Rehearsal {
  readonly name: string;
  readonly idea: string;
  readonly upstream: Upstream;
  /** What a rehearsal changes in a run's settings, so that its faults show within seconds. */
  settings(settings: RunSettings): RunSettings;
  close(): Promise<void>;
}

/** Silence that counts as a stall: the script's silent session must not hold everybody for long. */
const STALL_MS = 12_000;

/** Tests always; deploys where the scenario says, never where the operator's configuration does. */
function phasesOf({ deploy }: Scenario, { phases }: RunSettings): RunSettings['phases'] {
  return {
    ...phases,
    testing: { ...phases.testing, enabled: true },
    deploy: { ...phases.deploy, enabled: deploy !== undefined },
  };
}

/** Starts the scripted model, which plays demo mode too; everything else of the run is real. */
export async function startRehearsal(scenario?: Scenario): Promise<Rehearsal> {
  const played = scenario ?? readingList();
  const demo = pocketLedger();
  const model = await startRehearsalModel({
    scenario: played,
    instead: (ask) => (isDemo(ask) ? demo : undefined),
    clock: { now: () => Date.now() },
  });
  return {
    name: played.name,
    idea: played.idea,
    upstream: {
      baseUrl: model.url,
      credential: { kind: 'api_key', value: 'rehearsal-has-no-credential' },
    },
    settings: (settings) => ({
      ...settings,
      label: 'rehearsal',
      attributionHeaders: true,
      stallTimeoutMs: STALL_MS,
      retryDelayMs: 200,
      phases: phasesOf(played, settings),
      deploy: played.deploy ?? null,
    }),
    close: () => model.close(),
  };
}

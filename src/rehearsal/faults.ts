import type { Ask } from './ask.ts';
import {
  FAULTS,
  type AttemptScript,
  type FaultName,
  type ItemScript,
  type Scenario,
  type Script,
  type Step,
} from './script.ts';

/** Which faults a scenario plants. A step that is computed does not show what it will be. */
export function plantedFaults(scenario: Scenario): readonly FaultName[] {
  const attempts = [...Object.values(scenario.roles), ...scenario.items].flatMap(
    (script) => script.attempts,
  );
  const found = new Set<FaultName | undefined>([
    scenario.plan.spoil ? 'bad-plan' : undefined,
    scenario.items.some((item) => item.forgets?.length) ? 'conflict' : undefined,
    ...attempts.map((attempt) => attempt.fault),
    ...attempts.flatMap((attempt) => attempt.steps.map(decorationOf)),
  ]);
  return FAULTS.filter((name) => found.has(name));
}

function decorationOf(step: Step): FaultName | undefined {
  if (typeof step === 'function') return undefined;
  return step.kind === 'overloaded' || step.kind === 'dropped' ? step.kind : undefined;
}

/** The same scenario with this planted fault gone; without a name, with all of them gone. */
export function withoutFaults(scenario: Scenario, name?: FaultName): Scenario {
  const gone = (fault: FaultName): boolean => name === undefined || name === fault;
  const { spoil, ...plan } = scenario.plan;
  return {
    ...scenario,
    plan: spoil && !gone('bad-plan') ? scenario.plan : plan,
    roles: Object.fromEntries(
      Object.entries(scenario.roles).map(([role, script]) => [role, mended(script, gone)]),
    ),
    items: scenario.items.map((item) => mendedItem(item, gone)),
  };
}

type IsGone = (fault: FaultName) => boolean;

/** A conflict goes when the plan knows that one item waits for the other. */
function mendedItem(item: ItemScript, gone: IsGone): ItemScript {
  const { forgets = [], ...rest } = item;
  const script = { ...rest, ...mended(item, gone) };
  if (!gone('conflict')) return { ...script, forgets };
  return { ...script, dependencies: [...item.dependencies, ...forgets] };
}

function mended(script: Script, gone: IsGone): Script {
  return {
    attempts: script.attempts
      .filter(({ fault }) => fault === undefined || !gone(fault))
      .map((attempt) => mendedAttempt(attempt, gone)),
  };
}

function mendedAttempt(attempt: AttemptScript, gone: IsGone): AttemptScript {
  return { ...attempt, steps: attempt.steps.map((step) => mendedStep(step, gone)) };
}

function mendedStep(step: Step, gone: IsGone): Step {
  if (typeof step === 'function') return (ask: Ask) => mendedStep(step(ask), gone);
  if (step.kind !== 'overloaded' && step.kind !== 'dropped') return step;
  const inner = mendedStep(step.step, gone);
  return gone(step.kind) ? inner : { ...step, step: inner };
}

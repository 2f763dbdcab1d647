import type { DemoSettings } from '../domain/demo.ts';
import { PHASES, type PhaseName } from '../domain/phase.ts';
import type { RunSettings } from '../domain/run.ts';

/** The phases of demo mode; the others are skipped. */
const OPEN: ReadonlySet<PhaseName> = new Set(['initialize', 'implement']);

/** A run of the same engine, as demo mode wants it: two phases, one session at a time, nobody asked. */
export function demoSettings(settings: RunSettings, demo: DemoSettings): RunSettings {
  const closed = PHASES.filter((name) => !OPEN.has(name)).map((name) => [
    name,
    { ...settings.phases[name], enabled: false },
  ]);
  const { initialize, implement } = settings.phases;
  const phases: RunSettings['phases'] = {
    ...settings.phases,
    ...Object.fromEntries(closed),
    initialize: { ...initialize, enabled: true },
    implement: { ...implement, enabled: true, parallel: 1 },
  };
  return {
    ...settings,
    phases,
    autonomy: 'full',
    interactive: false,
    parallel: 1,
    deploy: null,
    backend: backendOf(settings, demo),
    demo,
  };
}

/** In Linear the project is the one that the initializer makes, never one that is there already. */
function backendOf({ backend }: RunSettings, { tracker }: DemoSettings): RunSettings['backend'] {
  if (tracker === 'linear') return { ...backend, type: 'linear', linearProject: null };
  return backend.type === 'linear' ? { ...backend, type: 'postgres' } : backend;
}

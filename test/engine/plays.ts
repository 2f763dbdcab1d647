import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../../src/adapters/agents/scripted.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { SessionOrder } from '../../src/sessions/agent.ts';

interface Scene {
  readonly attempt: Attempt;
  readonly order: SessionOrder;
}

/** What the sessions of a project do. */
export type Playing = (scene: Scene) => AsyncGenerator<Step, void>;

export interface PlannedItem {
  readonly key: string;
  readonly dependencies?: readonly string[];
  readonly priority?: number;
  readonly labels?: readonly string[];
}

export const says = (text: string): Step => ({
  do: 'end',
  end: { status: 'completed', text, output: null },
});

const answers = (output: unknown): Step => ({
  do: 'end',
  end: { status: 'completed', text: '', output },
});

export const breaks = (reason: string): Step => ({ do: 'end', end: { status: 'failed', reason } });

/** Writes a file of this name and text into the clone. */
export const writes = (name: string, text = `${name}\n`): Step => ({
  do: 'tool',
  name: 'Write',
  work: async ({ workspace }) => {
    await writeFile(join(workspace, name), text);
    return 'written';
  },
});

/** A plan whose items are each done once the file of their key is there. */
export function planOf(items: readonly PlannedItem[], projectCheck = 'test -f init.sh'): unknown {
  return {
    summary: 'A shop.',
    project_check: projectCheck,
    items: items.map(({ key, dependencies = [], priority = 3 }) => ({
      key,
      title: `Make ${key}`,
      description: 'as agreed',
      priority,
      dependencies,
      checks: [{ kind: 'file', path: `${key}.txt` }],
    })),
  };
}

/** Sessions that all do what they should; the plan has these items. */
export function builds(
  items: readonly PlannedItem[] = [{ key: 'A-1' }],
  projectCheck?: string,
): Playing {
  return async function* play({ attempt: { role, itemKey } }) {
    switch (role) {
      case 'planner':
        yield answers(planOf(items, projectCheck));
        break;
      case 'initializer':
        yield writes('init.sh', 'true\n');
        break;
      case 'coder':
        yield writes(`${itemKey ?? ''}.txt`);
        break;
      case 'tester':
        yield answers({ summary: 'Works.', findings: [], checks: [] });
        break;
      default:
        yield says(`# From ${role}`);
    }
  };
}

/** As `usual`, but this role does something else. */
export function except(role: string, other: Playing, usual: Playing = builds()): Playing {
  return (scene) => (scene.attempt.role === role ? other(scene) : usual(scene));
}

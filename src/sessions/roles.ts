import type { Role } from '../domain/attempt.ts';
import type { PhaseName } from '../domain/phase.ts';

/** What a session of a role may use. What is not named does not exist for it. */
export interface RoleRights {
  /** Names of built-in tools. */
  readonly tools: readonly string[];
  /** Whether it may report on a work item through the harness's own tool. */
  readonly reports: boolean;
  /** Whether it looks at what was built in a browser, where there is one. */
  readonly browses: boolean;
}

const READING = ['Read', 'Glob', 'Grep'] as const;
const WRITING = ['Read', 'Write', 'Edit', 'Glob', 'Grep', 'Bash'] as const;

/** They look and tell; nothing they do may change a file. */
const PLANNING: RoleRights = Object.freeze({ tools: READING, reports: false, browses: false });
/** All it needs is in its prompt. */
const SYNTHESIS: RoleRights = Object.freeze({ tools: [], reports: false, browses: false });
const SCAFFOLDING: RoleRights = Object.freeze({ tools: WRITING, reports: true, browses: false });
const CODING: RoleRights = Object.freeze({ tools: WRITING, reports: true, browses: true });
/** Its commands run in a clone that is thrown away. */
const TESTING: RoleRights = Object.freeze({
  tools: [...READING, 'Bash'],
  reports: false,
  browses: true,
});
const NOTHING: RoleRights = Object.freeze({ tools: [], reports: false, browses: false });

/** By `phase/role`. */
const RIGHTS: ReadonlyMap<string, RoleRights> = new Map([
  ['ideation/brainstorm', PLANNING],
  ['ideation/user_requirements', PLANNING],
  ['ideation/technical_feasibility', PLANNING],
  ['ideation/edge_cases', PLANNING],
  ['ideation/synthesis', SYNTHESIS],
  ['architecture/architect', PLANNING],
  ['architecture/system_design', PLANNING],
  ['architecture/data_models', PLANNING],
  ['architecture/api_design', PLANNING],
  ['architecture/synthesis', SYNTHESIS],
  ['task_breakdown/planner', PLANNING],
  ['initialize/initializer', SCAFFOLDING],
  ['implement/coder', CODING],
  ['testing/tester', TESTING],
]);

/** What this role may use in this phase. A role nobody has thought of may use nothing. */
export function rightsOf({
  phase,
  role,
}: {
  readonly phase: PhaseName;
  readonly role: Role;
}): RoleRights {
  return RIGHTS.get(`${phase}/${role}`) ?? NOTHING;
}

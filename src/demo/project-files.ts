import type { PlanDocument } from '../domain/document.ts';
import type { TrackerProject } from '../domain/demo.ts';
import type { RunSettings } from '../domain/run.ts';
import { rightsOf } from '../sessions/roles.ts';

/** The specification that the initializer reads. */
export const SPEC_FILE = 'app_spec.txt';

/** Marks a project whose issues exist: for people and scripts, never read back. */
export const PROJECT_FILE = '.linear_project.json';

/** What sessions may do, for people to read: changing it changes nothing. */
export const SETTINGS_FILE = '.claude_settings.json';

/** @param at When the project was taken over, RFC 3339 UTC. */
export function projectFile(
  project: TrackerProject,
  facts: { readonly issues: number; readonly at: string; readonly tracker: 'local' | 'linear' },
): PlanDocument {
  const where = facts.tracker === 'linear' ? 'Linear' : 'the tracker of the harness itself';
  return jsonFile(PROJECT_FILE, {
    initialized: true,
    created_at: facts.at,
    team_id: project.teamId,
    project_id: project.id,
    project_name: project.name,
    meta_issue_id: project.metaKey,
    total_issues: facts.issues,
    notes: `The issues are in ${where}; the harness claims and closes them. This file is a copy for the reader.`,
  });
}

/** What the operator set beyond the run's own settings. */
export interface SessionPolicy {
  readonly profile: string;
  readonly extraCommands: readonly string[];
  readonly protectedPaths: readonly string[];
  readonly mcpServers: readonly string[];
}

export function settingsFile(settings: RunSettings, policy: SessionPolicy): PlanDocument {
  const { tools } = rightsOf({ phase: 'implement', role: 'coder' });
  return jsonFile(SETTINGS_FILE, {
    note: 'Written by the harness for the reader. Sessions get these settings from outside; changing this file changes nothing.',
    model: settings.model,
    sandbox: {
      enabled: settings.sandbox.driver === 'bwrap',
      driver: settings.sandbox.driver,
      network: 'the gateway only',
      read: settings.sandbox.read,
    },
    permissions: {
      tools,
      mcp: ['mcp__tracker__report', ...policy.mcpServers.map((name) => `mcp__${name}__*`)],
      files: './**',
      protected: policy.protectedPaths,
    },
    bash: { policy: policy.profile, extra_commands: policy.extraCommands },
    settings_files_read: [],
  });
}

function jsonFile(path: string, content: Readonly<Record<string, unknown>>): PlanDocument {
  return { path, text: `${JSON.stringify(content, null, 2)}\n` };
}

/**
 * The front door of everything below the edges: the command line and the server import this file,
 * the domain, and nothing else of the inside.
 */
export { configSchema } from './config/config-schema.ts';
export type { Config, ConfigFlags } from './config/config.ts';
export { processEnvironment, type Variables } from './config/environment.ts';
export { loadConfig } from './config/load-config.ts';
export { projectDirectoryFor } from './config/project-directory.ts';
export { findConfigFile } from './config/read-file.ts';
export { showConfig } from './config/show-config.ts';
export { readSnapshot, writeSnapshot, SNAPSHOT_FILE, type Snapshot } from './delivery/snapshot.ts';
export { answerApproval } from './engine/approvals.ts';
export { requestControl, resumeRun, startRun } from './engine/operations.ts';
export type { Upstream } from './gateway/wire.ts';
export { openHost, type Host } from './host.ts';
export { newId, openApp, PACKAGE, type App } from './open-app.ts';
export { landProject, prepareProject } from './project.ts';
export { stripControls } from './safety/strip-controls.ts';

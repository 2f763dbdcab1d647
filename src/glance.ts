/*
 * The front door for whoever only glances: what of the inside loads within milliseconds, on any Node
 * from 20 up. No schema, no database, no parser of configuration may be imported from here.
 */
export { readResting, type Resting } from './at-rest.ts';
export { absolute, dataFolder } from './config/home.ts';
export { lookupIn, processEnvironment, readDotEnv } from './config/variables.ts';
export { SNAPSHOT_FILE, type Snapshot } from './delivery/snapshot.ts';
export { PACKAGE } from './package-folder.ts';
export { isFresh, readPulses, type Heard } from './pulse.ts';
export { plainJson } from './safety/plain-json.ts';
export { stripControls } from './safety/strip-controls.ts';

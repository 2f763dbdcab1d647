import type { answerApproval as answer } from './engine/answer-approval.ts';
import type { readHostIdentity as identity } from './engine/host-identity.ts';
import type {
  endUnhosted as endAlone,
  lookForNewItems as lookForNew,
  requestControl as control,
  resumeRun as resume,
  startRun as start,
} from './engine/operations.ts';
import type { commandChecker as checker } from './command-checker.ts';
import type {
  downgradeDatabase as downgrade,
  lookAtDatabase as lookAt,
  reviseDatabase as revise,
  upgradeDatabase as upgrade,
} from './database.ts';
import type {
  askedDocument as askedOf,
  itemDiff as diffOf,
  planDocuments as plansOf,
} from './read-work.ts';
import type {
  announceHost as announce,
  openHostProcesses as openProcesses,
} from './host-process.ts';
import type {
  createWebhookDoor as linearDoor,
  editItem as edit,
  readTracker as readWords,
} from './tracker-words.ts';
import type { diagnose as examine } from './diagnose.ts';
import type { editText as editing } from './delivery/edit-text.ts';
import type { openHost as host } from './host.ts';
import type { makesDatabase as makes, openApp as open, openReading as read } from './open-app.ts';
import type {
  aloneWith as alone,
  landProject as land,
  noRoomLeft as noRoom,
  readAsked as asked,
  prepareProject as prepare,
  refuseDamagedTracker as refuseDamaged,
  refuseFullDisk as refuseFull,
} from './project.ts';

/*
 * The front door of everything below the edges: the command line and the server import this file,
 * the domain, and nothing else of the inside. What is large is loaded when it is first called: a
 * command that only looks must not wait for the engine, the agent SDK or git.
 */
export { readDemoSources } from './demo/sources.ts';
export { demoSettings } from './demo/run-settings.ts';
export { explained } from './adapters/store/no-connection-left.ts';
export { databaseIsAway } from './adapters/store/steadily.ts';
export { readResting } from './at-rest.ts';
export { configSchema } from './config/config-schema.ts';
export type { Config, ConfigFlags } from './config/config.ts';
export { processEnvironment } from './config/variables.ts';
export { homeIfKnown } from './config/home.ts';
export { loadConfig } from './config/load-config.ts';
export { nearest } from './config/nearest.ts';
export { flaggedBy, onResume } from './config/on-resume.ts';
export { projectDirectoryFor } from './config/project-directory.ts';
export { findConfigFile } from './config/read-file.ts';
export { showConfig } from './config/show-config.ts';
export { readSnapshot, type Snapshot } from './delivery/snapshot.ts';
export { currentPhase, eventsAfter, readFacts } from './delivery/why-facts.ts';
export type { DatabaseOrder, Standing, WayBack } from './database.ts';
export type { Finding } from './diagnose.ts';
export type { Upstream } from './gateway/wire.ts';
export type { Host } from './host.ts';
export type { App, Reader } from './open-app.ts';
export { newId } from './new-id.ts';
export { PACKAGE } from './package-folder.ts';
export { keepSnapshot, refreshSnapshot, unlessUnwritten } from './keep-snapshot.ts';
export type { HostProcesses } from './host-process.ts';
export { openHeart, type Heart } from './pulse.ts';
export { plainJson } from './safety/plain-json.ts';
export { stripControls } from './safety/strip-controls.ts';

type Given<F extends (...args: never) => unknown> = Parameters<F>;

/** Opens the database for work: see `open-app.ts`. */
export async function openApp(...given: Given<typeof open>): ReturnType<typeof open> {
  return (await import('./open-app.ts')).openApp(...given);
}

/** Whether it is made first: see `open-app.ts`. */
export async function makesDatabase(...given: Given<typeof makes>): ReturnType<typeof makes> {
  return (await import('./open-app.ts')).makesDatabase(...given);
}

/** Opens it for a quick look: see `open-app.ts`. */
export async function openReading(...given: Given<typeof read>): ReturnType<typeof read> {
  return (await import('./open-app.ts')).openReading(...given);
}

/** Makes this process a worker: see `host.ts`. */
export async function openHost(...given: Given<typeof host>): ReturnType<typeof host> {
  return (await import('./host.ts')).openHost(...given);
}

/** Does something while nobody else does: see `project.ts`. */
export async function aloneWith<T>(
  ...given: [...Given<typeof alone<T>>]
): ReturnType<typeof alone<T>> {
  return (await import('./project.ts')).aloneWith(...given);
}

/** Makes a folder a project: see `project.ts`. */
export async function prepareProject(...given: Given<typeof prepare>): ReturnType<typeof prepare> {
  return (await import('./project.ts')).prepareProject(...given);
}

/** Looks whether the tracker can be read, and gives where its items are: see `project.ts`. */
export async function refuseDamagedTracker(
  ...given: Given<typeof refuseDamaged>
): ReturnType<typeof refuseDamaged> {
  return (await import('./project.ts')).refuseDamagedTracker(...given);
}

/** Looks whether there is room for a run: see `project.ts`. */
export async function refuseFullDisk(
  ...given: Given<typeof refuseFull>
): ReturnType<typeof refuseFull> {
  return (await import('./project.ts')).refuseFullDisk(...given);
}

/** Looks whether there is room to go on: see `project.ts`. */
export async function noRoomLeft(...given: Given<typeof noRoom>): ReturnType<typeof noRoom> {
  return (await import('./project.ts')).noRoomLeft(...given);
}

/** What a question is about: see `project.ts`. */
export async function readAsked(...given: Given<typeof asked>): ReturnType<typeof asked> {
  return (await import('./project.ts')).readAsked(...given);
}

/** Opens a text in the person's editor: see `delivery/edit-text.ts`. */
export async function editText(...given: Given<typeof editing>): ReturnType<typeof editing> {
  return (await import('./delivery/edit-text.ts')).editText(...given);
}

/** Brings main into the user's repository: see `project.ts`. */
export async function landProject(...given: Given<typeof land>): ReturnType<typeof land> {
  return (await import('./project.ts')).landProject(...given);
}

/** See `engine/operations.ts`. */
export async function startRun(...given: Given<typeof start>): ReturnType<typeof start> {
  return (await import('./engine/operations.ts')).startRun(...given);
}

/** See `engine/operations.ts`. */
export async function resumeRun(...given: Given<typeof resume>): ReturnType<typeof resume> {
  return (await import('./engine/operations.ts')).resumeRun(...given);
}

/** See `engine/operations.ts`. */
export async function lookForNewItems(
  ...given: Given<typeof lookForNew>
): ReturnType<typeof lookForNew> {
  return (await import('./engine/operations.ts')).lookForNewItems(...given);
}

/** See `engine/operations.ts`. */
export async function requestControl(...given: Given<typeof control>): ReturnType<typeof control> {
  return (await import('./engine/operations.ts')).requestControl(...given);
}

/** See `engine/operations.ts`. */
export async function endUnhosted(...given: Given<typeof endAlone>): ReturnType<typeof endAlone> {
  return (await import('./engine/operations.ts')).endUnhosted(...given);
}

/** Records a person's answer: see `engine/answer-approval.ts`. */
export async function answerApproval(...given: Given<typeof answer>): ReturnType<typeof answer> {
  return (await import('./engine/answer-approval.ts')).answerApproval(...given);
}

/** What the bash policy says of commands: see `command-checker.ts`. */
export async function commandChecker(
  ...given: Given<typeof checker>
): Promise<ReturnType<typeof checker>> {
  return (await import('./command-checker.ts')).commandChecker(...given);
}

/** Whether a run could start on this machine: see `diagnose.ts`. */
export async function diagnose(...given: Given<typeof examine>): ReturnType<typeof examine> {
  return (await import('./diagnose.ts')).diagnose(...given);
}

/** How far the database is: see `database.ts`. */
export async function lookAtDatabase(...given: Given<typeof lookAt>): ReturnType<typeof lookAt> {
  return (await import('./database.ts')).lookAtDatabase(...given);
}

/** Brings it up to date: see `database.ts`. */
export async function upgradeDatabase(...given: Given<typeof upgrade>): ReturnType<typeof upgrade> {
  return (await import('./database.ts')).upgradeDatabase(...given);
}

/** Takes it back, with loss of data: see `database.ts`. */
export async function downgradeDatabase(
  ...given: Given<typeof downgrade>
): ReturnType<typeof downgrade> {
  return (await import('./database.ts')).downgradeDatabase(...given);
}

/** Writes the next migration: see `database.ts`. */
export async function reviseDatabase(...given: Given<typeof revise>): ReturnType<typeof revise> {
  return (await import('./database.ts')).reviseDatabase(...given);
}

/** The document a person is asked about: see `read-work.ts`. */
export async function askedDocument(...given: Given<typeof askedOf>): ReturnType<typeof askedOf> {
  return (await import('./read-work.ts')).askedDocument(...given);
}

/** What the planning phases left: see `read-work.ts`. */
export async function planDocuments(...given: Given<typeof plansOf>): ReturnType<typeof plansOf> {
  return (await import('./read-work.ts')).planDocuments(...given);
}

/** What a work item changed: see `read-work.ts`. */
export async function itemDiff(...given: Given<typeof diffOf>): ReturnType<typeof diffOf> {
  return (await import('./read-work.ts')).itemDiff(...given);
}

/** Which process this is: see `engine/host-identity.ts`. */
export async function hostIdentity(...given: Given<typeof identity>): ReturnType<typeof identity> {
  return (await import('./engine/host-identity.ts')).readHostIdentity(...given);
}

/** Lets servers find this process: see `host-process.ts`. */
export async function announceHost(...given: Given<typeof announce>): ReturnType<typeof announce> {
  return (await import('./host-process.ts')).announceHost(...given);
}

/** The processes that carry out a server's runs: see `host-process.ts`. */
export async function openHostProcesses(
  ...given: Given<typeof openProcesses>
): ReturnType<typeof openProcesses> {
  return (await import('./host-process.ts')).openHostProcesses(...given);
}

/** A person's change of a work item: see `tracker-words.ts`. */
export async function editItem(...given: Given<typeof edit>): ReturnType<typeof edit> {
  return (await import('./tracker-words.ts')).editItem(...given);
}

/** What people changed in the tracker: see `tracker-words.ts`. */
export async function readTracker(...given: Given<typeof readWords>): ReturnType<typeof readWords> {
  return (await import('./tracker-words.ts')).readTracker(...given);
}

/** Judges webhooks of Linear: see `adapters/trackers/linear/webhook.ts`. */
export async function createWebhookDoor(
  ...given: Given<typeof linearDoor>
): Promise<ReturnType<typeof linearDoor>> {
  return (await import('./tracker-words.ts')).createWebhookDoor(...given);
}

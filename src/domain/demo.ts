/** What makes a run one of demo mode: an initializer and coding agents against a tracker's issues. */
export interface DemoSettings {
  readonly tracker: 'local' | 'linear';
  /** How many issues the initializer makes; the one about progress comes on top. */
  readonly issues: number;
  /** The tracker's project, once the initializer has made it; null before. */
  readonly project: TrackerProject | null;
}

export interface TrackerProject {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly teamId: string;
  /** Key of the issue that tells how the project goes; null: not known yet. */
  readonly metaKey: string | null;
}

/** Stands in the description of the project that a run made, for people and for finding it again. */
export function projectMark(runId: string): string {
  return `Built by the harness, run ${runId}.`;
}

/** A title as one line: it stands in prompts, in messages of commits and in terminals. */
export function titleLine(title: string): string {
  return title.replaceAll(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** Title of the issue that tells how the project goes; it is no work. */
export const META_TITLE = '[META] Project Progress Tracker';

export function isMeta({ title }: { readonly title: string }): boolean {
  return title.trimStart().startsWith('[META]');
}

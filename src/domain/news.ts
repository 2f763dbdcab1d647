/** What a notifier may be asked to tell. */
export const NEWS = ['approval', 'parked', 'failed', 'done'] as const;

/** `approval`: a person is asked; `parked`: a limit, a budget or trouble ended it for now. */
export type News = (typeof NEWS)[number];

/** What of a run a person is told outside of it. */
export interface Notice {
  /** The same for each try to tell it, and for nothing else. */
  readonly id: string;
  readonly news: News;
  /** RFC 3339. */
  readonly at: string;
  readonly project: { readonly id: string; readonly name: string; readonly directory: string };
  readonly run: string;
  /** The model is a script. */
  readonly rehearsal: boolean;
  /** One line for people. */
  readonly text: string;
}

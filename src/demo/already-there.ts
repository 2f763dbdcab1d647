import { z } from 'zod';
import type { TrackerProject } from '../domain/demo.ts';
import type { WorkTracker } from '../work/tracker.ts';
import { issuesMeant, namesOf } from './issues-meant.ts';

/** What an agent would make, found as it was made before a crash or a lost answer. */
export interface AlreadyThere {
  /** The run's project, by the mark that its description carries. */
  readonly project: () => Promise<TrackerProject | undefined>;
  /** Name of an issue of the run's project with this title. */
  readonly issue: (title: string) => Promise<string | undefined>;
  /** Whether the agents said the same of this issue. */
  readonly comment: (issue: string, body: string) => Promise<boolean>;
}

/** Issues and comments of a tracker, as the harness sees them. */
export function thereIn(open: () => Promise<WorkTracker>): Pick<AlreadyThere, 'issue' | 'comment'> {
  return {
    async issue(title) {
      const tracker = await open();
      const key = (await tracker.list()).find((issue) => sameWords(issue.title, title))?.key;
      return key === undefined ? undefined : ((await namesOf(tracker)).get(key) ?? key);
    },
    async comment(issue, body) {
      const tracker = await open();
      const { key = issue } = (await issuesMeant(tracker, [issue])).get(issue) ?? {};
      return (await tracker.comments(key)).some(({ text }) => sameWords(text, body));
    },
  };
}

interface Call {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const New = z.object({
  title: z.string().optional(),
  issueId: z.string().optional(),
  issue: z.string().optional(),
  body: z.string().optional(),
});

/**
 * What to answer instead of making something twice; null: it is not there yet. Tools that make things
 * give them ids of their own, so a session that is begun again after a crash finds them by what they say.
 */
export async function answerIfThere(
  { tool, input }: Call,
  there: AlreadyThere,
): Promise<string | null> {
  const { data } = New.safeParse(input);
  if (data === undefined || input['id'] !== undefined) return null;
  if (tool.endsWith('_issue')) return issueIfThere(data, there);
  return tool.endsWith('_comment') ? commentIfThere(data, there) : null;
}

type Made = z.output<typeof New>;

async function issueIfThere({ title }: Made, there: AlreadyThere): Promise<string | null> {
  const id = title === undefined ? undefined : await there.issue(title);
  return id === undefined ? null : told({ id, title, note: EXISTS });
}

async function commentIfThere(
  { body, issueId, issue = issueId }: Made,
  there: AlreadyThere,
): Promise<string | null> {
  if (issue === undefined || body === undefined) return null;
  return (await there.comment(issue, body)) ? told({ issueId: issue, note: EXISTS }) : null;
}

const EXISTS = 'This exists already, so nothing was made. To change it, pass its id.';

function told(value: object): string {
  return JSON.stringify(value);
}

/** Whether two texts are the same but for how a tracker's editor puts them. */
function sameWords(one: string, other: string): boolean {
  return wordsOf(one) === wordsOf(other);
}

function wordsOf(text: string): string {
  return text
    .replaceAll(/[\s\p{C}*_-]+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** Where a description can stand, by the names that servers give it; the first that the tool takes. */
const PLACES = ['description', 'content', 'summary'] as const;

/**
 * The input with a line by which the project is found again, whatever it is called and whoever was told
 * of it: the answer may be lost.
 */
export function marked(
  input: Readonly<Record<string, unknown>>,
  { mark, takes }: { readonly mark: string; readonly takes: readonly string[] },
): Readonly<Record<string, unknown>> {
  const place = PLACES.find((name) => takes.includes(name)) ?? 'description';
  const said = input[place];
  const text = typeof said === 'string' && said.trim() !== '' ? `${said.trim()}\n\n` : '';
  return { ...input, [place]: `${text}${mark}` };
}

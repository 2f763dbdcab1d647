import { z } from 'zod';
import { HarnessError } from '../domain/errors.ts';
import { checkoutAnyName } from './checkout.ts';
import { resolveName } from './refs.ts';
import type { Stores } from './stores.ts';

/** What a rescue says of itself, kept in its commit's message. */
const Note = z.object({
  attemptId: z.string(),
  kind: z.string(),
  files: z.number(),
  skipped: z.array(z.string()),
});
type Note = Readonly<z.infer<typeof Note>>;

/** A rescue as it is listed to people. */
export interface RescueRecord extends Note {
  readonly ref: string;
  readonly commit: string;
  /** ISO 8601. */
  readonly at: string;
}

const ALL = 'refs/harness/rescue/';
const TRAILER = 'Harness-Rescue: ';

interface Described {
  readonly attemptId: string;
  readonly kind: string;
  readonly files: number;
  readonly skipped: readonly string[];
}

/** The message of a rescue's commit. */
export function describeRescue(rescue: Described): string {
  const { attemptId, kind, files, skipped } = rescue;
  const note = JSON.stringify({ attemptId, kind, files, skipped });
  return `Rescue of attempt ${JSON.stringify(attemptId)}\n\n${TRAILER}${note}\n`;
}

/** Every rescue of the project, oldest first. */
export async function listRescues({ git, attempts: gitDir }: Stores): Promise<RescueRecord[]> {
  const format = '%(refname)%00%(objectname)%00%(committerdate:iso-strict)%00%(contents)%00';
  const args = ['for-each-ref', '--sort=committerdate', `--format=${format}`, ALL];
  const fields = (await git.read({ gitDir, args })).split('\0');
  const records: RescueRecord[] = [];
  for (let at = 0; at + 3 < fields.length; at += 4) {
    const [ref = '', commit = '', date = '', message = ''] = fields.slice(at, at + 4);
    records.push({ ref: ref.trim(), commit, at: date, ...noteIn(message) });
  }
  return records;
}

function noteIn(message: string): Note {
  const line = message.split('\n').find((text) => text.startsWith(TRAILER));
  const parsed = Note.safeParse(line === undefined ? null : JSON.parse(line.slice(TRAILER.length)));
  return parsed.success ? parsed.data : { attemptId: '', kind: 'unknown', files: 0, skipped: [] };
}

/**
 * Writes a rescue's files into a new or empty folder. What was a nested repository's `.git` is called
 * `.git.rescued` there. Throws RESCUE_UNKNOWN, FOLDER_NOT_EMPTY.
 */
export async function restoreRescue(stores: Stores, ref: string, directory: string): Promise<void> {
  const tree = ref.startsWith(ALL)
    ? await resolveName(stores.git, stores.attempts, `${ref}^{tree}`)
    : undefined;
  if (tree === undefined) {
    throw new HarnessError('RESCUE_UNKNOWN', `There is no rescue ${ref}; list them first`);
  }
  await checkoutAnyName(stores, tree, directory);
}

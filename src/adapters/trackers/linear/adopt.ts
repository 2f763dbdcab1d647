import { hasCode } from '../../../domain/errors.ts';
import { together } from './documents.ts';
import { TAKEN } from './ends.ts';
import type { Linear } from './linear.ts';
import { adoptedRecord, newAttachment } from './record.ts';
import type { Home } from './record.ts';
import { doneShape } from './shapes.ts';
import type { Issue } from './shapes.ts';

/** Records of one request. */
const BATCH = 25;

/**
 * Makes items of the project's issues that are none yet, under their identifiers. Every id follows
 * from the issue's: repeated, it makes nothing twice.
 */
export async function adopt(linear: Linear): Promise<void> {
  const home = await linear.workspace.home();
  if (home === undefined) return;
  const bare = await linear.board.strangers(home);
  for (let start = 0; start < bare.length; start += BATCH)
    await attach(linear, home, bare.slice(start, start + BATCH));
}

/** One at a time where another process was faster with one of them. */
async function attach(linear: Linear, home: Home, issues: readonly Issue[]): Promise<void> {
  const inputs = issues.map((issue) => newAttachment(issue.id, adoptedRecord(home, issue)));
  try {
    await linear.client.ask({
      document: together('attachmentCreate', 'AttachmentCreateInput', inputs.length),
      variables: Object.fromEntries(inputs.map((input, index) => [`i${index}`, input])),
      shape: doneShape,
    });
  } catch (error) {
    if (!hasCode(error, TAKEN)) throw error;
    if (issues.length === 1) return;
    for (const issue of issues) await attach(linear, home, [issue]);
  }
}

import { keyFaults } from '../domain/plan.ts';
import { DOCUMENTS } from '../domain/document.ts';
import type { ProjectAccess } from './phase.ts';
import { parseTasks } from './tasks-document.ts';

/**
 * Makes work items of the approved `tasks.md`. Returns what is wrong with it, for whoever edited it;
 * empty when the items are there. Safe to repeat.
 */
export async function agreeOnTasks(project: ProjectAccess): Promise<readonly string[]> {
  const text = await project.document(DOCUMENTS.task_breakdown);
  if (text === undefined) return [`${DOCUMENTS.task_breakdown} is missing on main.`];
  const answer = parseTasks(text);
  if (!answer.ok) return answer.faults;
  const faults = keyFaults(await project.takenKeys(answer.plan.items));
  if (faults.length > 0) return faults;
  await project.setProjectCheck(answer.plan.projectCheck);
  await project.addItems(answer.plan.items);
  return [];
}

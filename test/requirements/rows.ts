import type { Row } from './row.ts';
import { CONFIGURATION } from './rows/configuration.ts';
import { DEMO_MODE } from './rows/demo-mode.ts';
import { OPERATIONS } from './rows/operations.ts';
import { ORCHESTRATOR } from './rows/orchestrator.ts';
import { PEOPLE } from './rows/people.ts';
import { SAFETY } from './rows/safety.ts';
import { PARTS } from './rows/structure.ts';
import { WHAT_IT_IS } from './rows/what-it-is.ts';

/** Every promise, by its id. */
export const ROWS: readonly Row[] = [
  ...WHAT_IT_IS,
  ...DEMO_MODE,
  ...ORCHESTRATOR,
  ...OPERATIONS,
  ...PARTS,
  ...CONFIGURATION,
  ...SAFETY,
  ...PEOPLE,
].toSorted((a, b) => a.id.localeCompare(b.id));

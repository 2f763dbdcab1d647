import type { FileSettings } from './schema.ts';
import type { Path } from './yaml-source.ts';

interface NotBuilt {
  readonly path: Path;
  /** What is refused, as the person wrote it. */
  readonly text: string;
  readonly used: (file: FileSettings) => boolean;
}

/** Known to the schema, refused for now: never accepted silently. Whoever builds one deletes its row. */
export const NOT_BUILT: readonly NotBuilt[] = [
  { path: ['notify'], text: 'notify', used: (file) => file.notify.length > 0 },
  {
    path: ['budget', 'session_usd'],
    text: 'budget.session_usd',
    used: (file) => file.budget.session_usd !== undefined,
  },
  {
    path: ['budget', 'day_usd'],
    text: 'budget.day_usd',
    used: (file) => file.budget.day_usd !== undefined,
  },
  {
    path: ['budget', 'on_limit'],
    text: 'budget.on_limit: stop',
    used: (file) => file.budget.on_limit === 'stop',
  },
];

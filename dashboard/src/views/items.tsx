import { useState } from 'react';
import type { Board } from '../../../src/server/contract.ts';
import { Card } from '../parts/card.tsx';
import { Empty } from '../parts/notice.tsx';
import { stateOf } from '../parts/state.tsx';
import { words } from '../show/format.ts';
import { ItemRows } from './item-rows.tsx';
import { useTitle } from './use-title.ts';

const WANTED = ['all', 'todo', 'in_progress', 'done', 'blocked', 'skipped'] as const;
type Wanted = (typeof WANTED)[number];

/** The work items as a list: the graph in words. */
export function Items({ board: { project, items } }: { board: Board }) {
  const [wanted, setWanted] = useState<Wanted>('all');
  const shown = items.filter((item) => wanted === 'all' || stateOf(item) === wanted);
  useTitle('Work items', project.name);
  return (
    <Card
      title={`Work items (${items.length})`}
      flush
      aside={
        <label className="flex items-center gap-2 text-sm text-muted">
          Show
          <select
            value={wanted}
            onChange={({ target }) =>
              setWanted(WANTED.find((one) => one === target.value) ?? 'all')
            }
            className="min-h-8 rounded-md border border-edge bg-surface px-1.5 text-ink"
          >
            {WANTED.map((one) => (
              <option key={one} value={one}>
                {words(one)}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {shown.length === 0 ? (
        <div className="p-4">
          <Empty title={items.length === 0 ? 'No work items yet' : 'None in this state'} />
        </div>
      ) : (
        <ItemRows project={project.id} items={shown} />
      )}
    </Card>
  );
}

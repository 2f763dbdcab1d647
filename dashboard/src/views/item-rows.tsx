import { Link } from 'wouter';
import type { WorkItem } from '../../../src/server/contract.ts';
import { ItemState } from '../parts/state.tsx';

/** Work items one under the other: the graph in words. */
export function ItemRows(props: { readonly project: string; readonly items: readonly WorkItem[] }) {
  return (
    <ul className="divide-y divide-line">
      {props.items.map((item) => (
        <Row key={item.key} project={props.project} item={item} />
      ))}
    </ul>
  );
}

function Row({ project, item }: { project: string; item: WorkItem }) {
  const { key, title, skipped, dependencies, attempts, reason } = item;
  return (
    <li className="relative grid grid-cols-[1fr_auto] items-baseline gap-x-3 gap-y-1 px-4 py-2.5 sm:grid-cols-[7rem_1fr_auto] hover:bg-sunken/60">
      <span className="font-mono text-sm text-muted">{key}</span>
      <div className="min-w-0 max-sm:col-span-2 max-sm:row-start-2">
        <Link
          href={`/projects/${project}/items/${encodeURIComponent(key)}`}
          className="wrap-anywhere before:absolute before:inset-0 hover:underline"
        >
          {title}
        </Link>
        <p className="text-xs text-muted">
          {dependencies.length === 0 ? 'Waits for nothing' : `After ${dependencies.join(', ')}`}
          {attempts > 1 && `, ${attempts} attempts`}
        </p>
        {reason !== null && (
          <p
            className={`line-clamp-2 text-sm wrap-anywhere ${skipped ? 'text-muted' : 'text-bad'}`}
          >
            {reason}
          </p>
        )}
      </div>
      <div className="justify-self-end">
        <ItemState item={item} />
      </div>
    </li>
  );
}

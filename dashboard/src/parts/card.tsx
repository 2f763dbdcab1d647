import { useId, type ReactNode } from 'react';

/** A part of a page with its heading: a landmark that assistive technology can jump to. */
export function Card(props: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  const { title, aside, flush = false, children } = props;
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-xl border border-line bg-surface">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id={id} className="text-sm font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}

/** A number with its name. */
export function Figure(props: {
  readonly name: string;
  readonly value: ReactNode;
  readonly hint?: string;
}) {
  return (
    <div>
      <dt className="text-xs text-muted">{props.name}</dt>
      <dd className="font-medium tabular-nums">
        {props.value}
        {props.hint !== undefined && (
          <span className="ml-1 text-xs font-normal text-muted">{props.hint}</span>
        )}
      </dd>
    </div>
  );
}

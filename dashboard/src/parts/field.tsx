import { useId, type ReactNode } from 'react';

/** The classes of a control that text is typed into. */
export const FIELD =
  'block w-full min-h-9 rounded-md border border-edge bg-surface px-2.5 py-1.5 text-ink placeholder:text-muted';

/** A control with its label, and what one should know before filling it. */
export function Field(props: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby': string;
  }) => ReactNode;
}) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {props.label}
      </label>
      {props.children({ id, 'aria-describedby': hintId })}
      <p id={hintId} className="mt-1 text-xs text-muted">
        {props.hint}
      </p>
    </div>
  );
}

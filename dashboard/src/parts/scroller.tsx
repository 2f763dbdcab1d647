import type { ReactNode } from 'react';

/** What may be wider than the screen: it scrolls by itself, and by keyboard. */
export function Scroller(props: {
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  return (
    <section
      aria-label={props.label}
      tabIndex={0}
      className={`overflow-x-auto -outline-offset-2 ${props.className ?? ''}`}
    >
      {props.children}
    </section>
  );
}

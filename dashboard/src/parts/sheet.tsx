import { lazy, Suspense, type ReactNode } from 'react';

export interface SheetOrder {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly children: ReactNode;
}

const OpenSheet = lazy(async () => ({
  default: (await import('./open-sheet.tsx')).OpenSheet,
}));

/** A question or a form in front of the page; what draws it is loaded when the first one opens. */
export function Sheet(order: SheetOrder) {
  const { open } = order;
  return open ? (
    <Suspense>
      <OpenSheet {...order} />
    </Suspense>
  ) : null;
}

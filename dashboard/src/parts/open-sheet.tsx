import { Dialog } from '@base-ui/react/dialog';
import type { SheetOrder } from './sheet.tsx';

/** A question or a form in front of the page; Escape closes it and the focus goes back. */
export function OpenSheet(props: SheetOrder) {
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => props.onOpenChange(open)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-20 bg-black/45" />
        <Dialog.Viewport className="fixed inset-0 z-30 overflow-y-auto">
          <div className="flex min-h-full items-start justify-center p-3 sm:py-[8vh]">
            <Dialog.Popup className="w-full max-w-xl rounded-xl border border-line bg-surface p-5 shadow-xl">
              <Dialog.Title className="mb-4 text-lg font-semibold">{props.title}</Dialog.Title>
              {props.children}
            </Dialog.Popup>
          </div>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

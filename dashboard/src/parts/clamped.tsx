import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

/** Text that is cut after the lines that `look` names; where something is cut a button shows all of it. */
export function Clamped({
  look,
  className = '',
  children,
}: {
  look: string;
  className?: string;
  children: ReactNode;
}) {
  const text = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const cut = useCut(text, open);
  return (
    <span className={`block ${className}`}>
      <span ref={text} className={open ? 'block' : look}>
        {children}
      </span>
      {cut && (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="text-xs text-accent hover:underline"
        >
          {open ? 'Show less' : 'Show all'}
        </button>
      )}
    </span>
  );
}

/** Whether the text is longer than what is shown of it; what was cut stays so while it is open. */
function useCut(text: RefObject<HTMLElement | null>, open: boolean): boolean {
  const [cut, setCut] = useState(false);
  useLayoutEffect(() => {
    const { current } = text;
    if (current === null || open) return undefined;
    const measure = (): void => setCut(current.scrollHeight > current.clientHeight + 1);
    measure();
    // Also when the window, or the letters, become another size.
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [text, open]);
  return cut;
}

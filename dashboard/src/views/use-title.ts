import { useEffect } from 'react';

/** Names the tab, the most particular first. */
export function useTitle(...parts: readonly string[]): void {
  const title = [...parts, 'harness'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}

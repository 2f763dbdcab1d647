import { useSyncExternalStore } from 'react';

const QUERY = matchMedia('(max-width: 40rem)');

/** Whether the screen is too narrow for drawings; also at 200 % and more of zoom. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (tell) => {
      QUERY.addEventListener('change', tell);
      return () => QUERY.removeEventListener('change', tell);
    },
    () => QUERY.matches,
  );
}

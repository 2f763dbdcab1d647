/** What the reader chose; `system`: as the computer is set. */
export type Theme = 'system' | 'light' | 'dark';

export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const KEY = 'harness-theme';

/** The stored choice; anything else counts as none. */
export function storedTheme(storage: Pick<Storage, 'getItem'>): Theme {
  const stored = storage.getItem(KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

/** Shows it and remembers it on this computer. */
export function applyTheme(theme: Theme, storage: Pick<Storage, 'setItem'>): void {
  storage.setItem(KEY, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { Icon, type IconName } from './parts/icon.tsx';
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.ts';

/** The frame of every page. */
export function Shell({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  useFocusOnMove(main);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        onClick={(event) => {
          // The fragment is the page's address: only the focus moves.
          event.preventDefault();
          main.current?.focus();
        }}
        className="sr-only rounded bg-surface px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-10 border-b border-line bg-surface">
        <div className="mx-auto flex h-12 max-w-7xl items-center gap-3 px-4">
          <Link href="/" className="flex items-center gap-2 font-semibold tracking-tight">
            <Mark />
            harness
          </Link>
          <div className="ml-auto">
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl flex-1 px-4 pt-5 pb-12"
      >
        {children}
      </main>
    </div>
  );
}

/** A new page begins at its top, for eyes and for the keyboard; the first one keeps the browser's way. */
function useFocusOnMove(main: { readonly current: HTMLElement | null }): void {
  const [location] = useLocation();
  const shown = useRef(location);
  useEffect(() => {
    if (shown.current === location) return;
    shown.current = location;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [location, main]);
}

function Mark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6">
      <rect width="32" height="32" rx="8" fill="var(--accent-strong)" />
      <path
        d="M9 8v16M23 8v16M9 16h14"
        stroke="var(--on-accent)"
        strokeWidth="2.8"
        strokeLinecap="round"
      />
    </svg>
  );
}

const ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };
const NAMES: Readonly<Record<Theme, string>> = {
  system: 'As the computer',
  light: 'Light',
  dark: 'Dark',
};

function ThemeSwitch() {
  const [theme, setTheme] = useState(() => storedTheme(localStorage));
  return (
    <fieldset className="flex rounded-md border border-line p-0.5">
      <legend className="sr-only">Colours</legend>
      {THEMES.map((one) => (
        <label
          key={one}
          title={NAMES[one]}
          className="cursor-pointer rounded p-1.5 text-muted has-checked:bg-sunken has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === one}
            onChange={() => {
              applyTheme(one, localStorage);
              setTheme(one);
            }}
          />
          <span className="sr-only">{NAMES[one]}</span>
          <Icon name={ICONS[one]} />
        </label>
      ))}
    </fieldset>
  );
}

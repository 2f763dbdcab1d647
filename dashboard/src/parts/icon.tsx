import type { ReactElement } from 'react';

const PATHS = {
  dot: <circle cx="8" cy="8" r="3" fill="currentColor" stroke="none" />,
  ring: <circle cx="8" cy="8" r="5.2" />,
  check: <path d="m3.5 8.5 3 3 6-7" />,
  cross: <path d="m4 4 8 8m0-8-8 8" />,
  bang: <path d="M8 3.2v5.6m0 3.4v.1" />,
  question: <path d="M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6m0 2.6v.1" />,
  pause: <path d="M5.5 3.5v9m5-9v9" />,
  play: <path d="M5 3.2v9.6l7.5-4.8z" fill="currentColor" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />,
  clock: <path d="M8 4.5V8l2.4 1.6M13.2 8A5.2 5.2 0 1 1 2.8 8a5.2 5.2 0 0 1 10.4 0z" />,
  skip: <path d="M3.5 8h9m-3.5-3.5L12.5 8 9 11.5" />,
  plus: <path d="M8 3v10M3 8h10" />,
  back: <path d="M12.5 8h-9M7 4.5 3.5 8 7 11.5" />,
  sun: (
    <path d="M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1.2m0 10.6v1.2M1.5 8h1.2m10.6 0h1.2M3.4 3.4l.9.9m7.4 7.4.9.9m0-9.2-.9.9m-7.4 7.4-.9.9" />
  ),
  moon: <path d="M13 9.8A5.6 5.6 0 0 1 6.2 3a5.6 5.6 0 1 0 6.8 6.8z" />,
  screen: <path d="M2.5 3.5h11v7h-11zM6 13h4m-2-2.5V13" />,
  agent: <path d="M4 6.5h8v6H4zM8 6.5V4m0 0h.1M6.4 9.3v.1m3.2-.1v.1M2 9v2m12-2v2" />,
  file: <path d="M4 2.5h5l3 3v8H4zM9 2.5v3h3" />,
} as const satisfies Record<string, ReactElement>;

export type IconName = keyof typeof PATHS;

/** Decoration beside words that say the same; never alone. */
export function Icon({ name, className = 'size-4' }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`shrink-0 ${className}`}
    >
      {PATHS[name]}
    </svg>
  );
}

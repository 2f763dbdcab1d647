import type { ComponentProps } from 'react';

type Look = 'main' | 'plain' | 'danger' | 'quiet';

const LOOKS: Readonly<Record<Look, string>> = {
  main: 'border-transparent bg-accent-strong text-on-accent hover:brightness-110',
  plain: 'border-edge bg-surface text-ink hover:bg-sunken',
  danger: 'border-transparent bg-bad-strong text-on-accent hover:brightness-110',
  quiet: 'border-transparent text-muted hover:bg-sunken hover:text-ink',
};

/** The classes of a button, for links that look like one. */
export function buttonLook(look: Look = 'plain'): string {
  return `inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 py-1 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-60 ${LOOKS[look]}`;
}

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: Look;
}

export function Button({ look = 'plain', className = '', ...rest }: ButtonProps) {
  return <button type="button" className={`${buttonLook(look)} ${className}`} {...rest} />;
}

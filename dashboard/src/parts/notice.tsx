import type { ReactNode } from 'react';
import { partsOf } from '../show/said.ts';
import { Icon, type IconName } from './icon.tsx';

type Tone = 'calm' | 'warn' | 'bad';

const TONES: Readonly<Record<Tone, string>> = {
  calm: 'border-line bg-surface',
  warn: 'border-warn/40 bg-warn-soft',
  bad: 'border-bad/40 bg-bad-soft',
};

const ICONS: Readonly<Record<Tone, IconName>> = { calm: 'clock', warn: 'question', bad: 'bang' };

const INK: Readonly<Record<Tone, string>> = {
  calm: 'text-muted',
  warn: 'text-warn',
  bad: 'text-bad',
};

/** What a person should know now: what happened, then what to do. */
export function Notice(props: {
  readonly tone: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const { tone, title, children, actions } = props;
  return (
    <div className={`flex flex-wrap items-start gap-3 rounded-lg border px-4 py-3 ${TONES[tone]}`}>
      <Icon name={ICONS[tone]} className={`mt-1 size-4 ${INK[tone]}`} />
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium wrap-anywhere">{title}</p>
        {children !== undefined && <div className="text-sm wrap-anywhere">{children}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}

/** Where there is nothing yet: why, and how something comes here. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-line px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && (
        <p className="mx-auto mt-1 max-w-prose text-sm text-muted">{children}</p>
      )}
    </div>
  );
}

/** Text of the harness, with its `commands` set apart. */
export function Said({ text }: { text: string }) {
  return partsOf(text).map((part) =>
    part.code ? (
      <code key={part.at} className="rounded bg-ink/8 px-1 font-mono text-[0.9em]">
        {part.text}
      </code>
    ) : (
      part.text
    ),
  );
}

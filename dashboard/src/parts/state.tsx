import { Icon, type IconName } from './icon.tsx';

type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad';

const TONES: Readonly<Record<Tone, string>> = {
  calm: 'bg-sunken text-muted',
  busy: 'bg-accent-soft text-accent',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
};

interface Sign {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: string;
}

/** Said in words, with a sign and a colour: none of them stands alone. */
const RUNS: Readonly<Record<string, Sign>> = {
  pending: { tone: 'calm', icon: 'ring', text: 'Pending' },
  running: { tone: 'busy', icon: 'dot', text: 'Running' },
  waiting_approval: { tone: 'warn', icon: 'question', text: 'Waits for you' },
  limited: { tone: 'warn', icon: 'clock', text: 'Parked' },
  paused: { tone: 'warn', icon: 'pause', text: 'Paused' },
  stopping: { tone: 'warn', icon: 'stop', text: 'Stopping' },
  stopped: { tone: 'calm', icon: 'stop', text: 'Stopped' },
  completed: { tone: 'good', icon: 'check', text: 'Completed' },
  failed: { tone: 'bad', icon: 'cross', text: 'Failed' },
};

const ITEMS: Readonly<Record<string, Sign>> = {
  todo: { tone: 'calm', icon: 'ring', text: 'To do' },
  in_progress: { tone: 'busy', icon: 'dot', text: 'In progress' },
  done: { tone: 'good', icon: 'check', text: 'Done' },
  blocked: { tone: 'bad', icon: 'bang', text: 'Blocked' },
  skipped: { tone: 'calm', icon: 'skip', text: 'Skipped' },
};

const PHASES: Readonly<Record<string, Sign>> = {
  pending: { tone: 'calm', icon: 'ring', text: 'Pending' },
  running: { tone: 'busy', icon: 'dot', text: 'Running' },
  waiting_approval: { tone: 'warn', icon: 'question', text: 'Waits for you' },
  completed: { tone: 'good', icon: 'check', text: 'Completed' },
  failed: { tone: 'bad', icon: 'cross', text: 'Failed' },
  skipped: { tone: 'calm', icon: 'skip', text: 'Skipped' },
  interrupted: { tone: 'warn', icon: 'bang', text: 'Interrupted' },
};

const VERDICTS: Readonly<Record<string, Sign>> = {
  passed: { tone: 'good', icon: 'check', text: 'Passed' },
  failed: { tone: 'bad', icon: 'cross', text: 'Failed' },
  could_not_run: { tone: 'warn', icon: 'bang', text: 'Could not run' },
};

/** A state that this page does not know is shown by its name. */
function unknown(status: string): Sign {
  return { tone: 'calm', icon: 'ring', text: status.replaceAll('_', ' ') };
}

export function RunState({ status }: { status: string }) {
  return <State {...(RUNS[status] ?? unknown(status))} />;
}

interface Stated {
  readonly status: string;
  readonly skipped: boolean;
}

/** A person's word that it is left out is no trouble, though it counts as blocked. */
export function stateOf({ status, skipped }: Stated): string {
  return skipped ? 'skipped' : status;
}

export function ItemState({ item }: { item: Stated }) {
  const state = stateOf(item);
  return <State {...(ITEMS[state] ?? unknown(state))} />;
}

export function Verdict({ verdict }: { verdict: string }) {
  return <State {...(VERDICTS[verdict] ?? unknown(verdict))} />;
}

export function phaseSign(status: string): Sign {
  return PHASES[status] ?? unknown(status);
}

function State({ tone, icon, text }: Sign) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full py-0.5 pr-2 pl-1.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      <Icon name={icon} className={`size-3.5 ${icon === 'dot' ? 'breathe' : ''}`} />
      {text}
    </span>
  );
}

import { Link } from 'wouter';
import { useNow } from '../live/use-now.ts';
import { Empty } from '../parts/notice.tsx';
import { Verdict } from '../parts/state.tsx';
import { clock, elapsed } from '../show/format.ts';
import { describeCheck, type ShownAttempt } from '../show/item-story.ts';
import { Proof } from './check-list.tsx';

/** Every try, the newest first, with what its checks said. */
export function ItemAttempts(props: {
  readonly project: string;
  readonly attempts: readonly ShownAttempt[];
}) {
  const now = useNow();
  if (props.attempts.length === 0)
    return (
      <div className="p-4">
        <Empty title="Nobody has tried it yet" />
      </div>
    );
  return (
    <ol className="divide-y divide-line">
      {props.attempts.toReversed().map((attempt) => (
        <li key={attempt.id} className="space-y-1.5 px-4 py-2.5">
          <Head project={props.project} attempt={attempt} now={now} />
          {attempt.reason !== null && (
            <p className="text-sm whitespace-pre-wrap wrap-anywhere">{attempt.reason}</p>
          )}
          <Evidences attempt={attempt} />
        </li>
      ))}
    </ol>
  );
}

function Head(props: {
  readonly project: string;
  readonly attempt: ShownAttempt;
  readonly now: number;
}) {
  const { number, end, begunAt, endedAt, session } = props.attempt;
  return (
    <p className="flex flex-wrap gap-x-3 text-sm">
      <span className="font-medium">Attempt {number}</span>
      <span className={INK[end ?? ''] ?? 'text-warn'}>
        {end?.replaceAll('_', ' ') ?? 'under way'}
      </span>
      <span className="text-muted tabular-nums">
        {clock(begunAt)}, {elapsed(begunAt, endedAt, props.now)}
      </span>
      {session !== null && (
        <Link
          href={`/projects/${props.project}/agents/${session}`}
          className="text-accent hover:underline"
        >
          Transcript<span className="sr-only"> of attempt {number}</span>
        </Link>
      )}
    </p>
  );
}

const INK: Readonly<Record<string, string>> = {
  succeeded: 'text-good',
  failed: 'text-bad',
  '': 'text-accent',
};

function Evidences({ attempt: { evidence } }: { attempt: ShownAttempt }) {
  const notPassed = evidence.filter(({ verdict }) => verdict !== 'passed');
  if (evidence.length === 0) return null;
  if (notPassed.length === 0)
    return <p className="text-sm text-good">All {evidence.length} checks passed.</p>;
  return (
    <ul className="space-y-1.5 pl-3">
      {notPassed.map((one) => (
        <li key={describeCheck(one.check)} className="space-y-1">
          <div className="flex items-start gap-2">
            <Verdict verdict={one.verdict} />
            <code className="font-mono text-xs leading-5 wrap-anywhere">
              {describeCheck(one.check)}
            </code>
          </div>
          <Proof evidence={one} />
        </li>
      ))}
    </ul>
  );
}

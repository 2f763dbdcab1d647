import { Empty } from '../parts/notice.tsx';
import { Verdict } from '../parts/state.tsx';
import { duration } from '../show/format.ts';
import {
  describeCheck,
  evidenceFor,
  type Check,
  type Evidence,
  type ShownAttempt,
} from '../show/item-story.ts';

/** The agreed checks, each with its newest evidence. */
export function CheckList(props: {
  readonly checks: readonly Check[];
  readonly attempts: readonly ShownAttempt[];
}) {
  if (props.checks.length === 0)
    return (
      <div className="p-4">
        <Empty title="No check was agreed" />
      </div>
    );
  return (
    <ul className="divide-y divide-line">
      {evidenceFor(props.checks, props.attempts).map(({ check, evidence }) => (
        <li key={describeCheck(check)} className="space-y-1.5 px-4 py-2.5">
          <div className="flex items-start justify-between gap-3">
            <code className="min-w-0 font-mono text-xs leading-6 wrap-anywhere">
              {describeCheck(check)}
            </code>
            {evidence === null ? (
              <span className="shrink-0 text-xs leading-6 text-muted">Not run yet</span>
            ) : (
              <Verdict verdict={evidence.verdict} />
            )}
          </div>
          {evidence !== null && <Proof evidence={evidence} />}
        </li>
      ))}
    </ul>
  );
}

export function Proof({ evidence: { exit, durationMs, tree, tail } }: { evidence: Evidence }) {
  return (
    <details className="text-xs text-muted">
      <summary>
        Evidence: {exit !== null && `exit ${exit} after ${duration(durationMs)} `}on tree{' '}
        <code className="font-mono">{tree.slice(0, 10)}</code>
      </summary>
      <pre
        tabIndex={0}
        aria-label="Output"
        className="mt-1.5 max-h-72 overflow-auto rounded bg-sunken p-2 font-mono whitespace-pre-wrap wrap-anywhere text-ink"
      >
        {tail === '' ? '(no output)' : tail}
      </pre>
    </details>
  );
}

import type { Board, Run } from '../../../src/server/contract.ts';
import { useNow } from '../live/use-now.ts';
import { Figure } from '../parts/card.tsx';
import { money, tokens, workTime } from '../show/format.ts';

/** The run in numbers. */
export function RunFigures({
  board: { usage, work, worked, sessions },
  run,
}: {
  board: Board;
  run: Run;
}) {
  const now = useNow();
  const checked = sessions.filter((one) => one.checked).length;
  const cap = run.budget_usd === null ? 'no cap' : `of ${money(run.budget_usd)}`;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <Figure name="Elapsed" value={workTime(worked, now)} />
      <Figure
        name="Work items done"
        value={`${work.done} of ${work.total}`}
        {...(work.blocked > 0 ? { hint: `${work.blocked} blocked` } : {})}
      />
      <Figure
        name="Agents at work"
        value={sessions.length - checked}
        {...(checked > 0 ? { hint: `${checked} being checked` } : {})}
      />
      <Figure
        name="Spent"
        value={money(usage.cost_usd)}
        hint={run.rehearsal ? 'rehearsal: nothing is paid' : cap}
      />
      <Figure
        name="Tokens"
        value={`${tokens(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens)} in, ${tokens(usage.output_tokens)} out`}
      />
    </dl>
  );
}

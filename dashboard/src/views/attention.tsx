import { Link, useLocation } from 'wouter';
import type { Approval, Board, Run } from '../../../src/server/contract.ts';
import { useNow } from '../live/use-now.ts';
import { buttonLook } from '../parts/button.tsx';
import { Notice, Said } from '../parts/notice.tsx';
import { isStarting } from '../show/controls.ts';
import { words } from '../show/format.ts';
import { slugOf } from '../show/slug.ts';

/** What a person should know or do now: questions first, else the one cause why nothing moves. */
export function Attention({ board, run }: { board: Board; run: Run }) {
  const { approvals, unsealed, hosting_trouble: trouble } = board;
  const [location] = useLocation();
  const answering = location.includes('/documents');
  return (
    <div className="space-y-2 empty:hidden">
      {!answering &&
        approvals.map((approval) => (
          <Question key={approval.id} project={run.project_id} approval={approval} />
        ))}
      {approvals.length === 0 && <Cause board={board} run={run} />}
      {trouble !== null && (
        <Notice tone="bad" title="The process that should carry out the run does not">
          <Said text={trouble} />
        </Notice>
      )}
      {unsealed !== null && (
        <Notice tone="warn" title="Agents work without a box">
          <Said text={unsealed} />
        </Notice>
      )}
    </div>
  );
}

/** The one cause why nothing moves; nothing while all goes on. */
function Cause({ board, run }: { board: Board; run: Run }) {
  const { why, hosting_trouble: trouble } = board;
  const starting = isStarting(run, board, useNow());
  if (starting && trouble === null)
    return <Notice tone="calm" title="The process that carries out the run is starting" />;
  if (why === null || (run.status === 'running' && run.hosted)) return null;
  return (
    <Notice tone={run.status === 'failed' ? 'bad' : 'calm'} title={<Said text={why.cause} />}>
      {run.status !== 'completed' && <Said text={why.action} />}
    </Notice>
  );
}

function Question({ project, approval }: { project: string; approval: Approval }) {
  return (
    <Notice
      tone="warn"
      title={approval.question}
      actions={
        <Link
          href={`/projects/${project}/documents/${slugOf(approval.id)}`}
          className={buttonLook('main')}
        >
          {approval.change === null ? 'Read and answer' : 'Look and answer'}
        </Link>
      }
    >
      {approval.item === null
        ? `${words(approval.phase)} waits for you.`
        : `${approval.item} waits for you; the others go on.`}
    </Notice>
  );
}

import { lazy, Suspense, useMemo } from 'react';
import { Link } from 'wouter';
import type { Board, EventRecord, WorkItem } from '../../../src/server/contract.ts';
import { useDiff, useHistory, useItemChange } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import { Card } from '../parts/card.tsx';
import { Empty, Notice, Said } from '../parts/notice.tsx';
import { ItemState } from '../parts/state.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { counted } from '../show/format.ts';
import { attemptsOf, type ShownAttempt } from '../show/item-story.ts';
import { CheckList } from './check-list.tsx';
import { ItemAttempts } from './item-attempts.tsx';
import { ItemTalk } from './item-talk.tsx';
import { NotFound } from './not-found.tsx';
import { useTitle } from './use-title.ts';

const DiffView = lazy(async () => ({
  default: (await import('../parts/diff-view.tsx')).DiffView,
}));

/** One work item: what proves it, what was tried, what was changed, what was said. */
export function Item({ board, itemKey }: { board: Board; itemKey: string }) {
  const item = board.items.find(({ key }) => key === itemKey);
  useTitle(itemKey, board.project.name);
  return item === undefined ? <NotFound what="work item" /> : <Known board={board} item={item} />;
}

function Known({ board, item }: { board: Board; item: WorkItem }) {
  const { project } = board;
  const history = useHistory(project.id);
  const story = useMemo(
    () => storyOf(history.data, item.key, board),
    [history.data, item.key, board],
  );
  return (
    <div className="space-y-4">
      <ItemHead board={board} item={item} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        <Card title="What it is">
          <p className="max-w-prose whitespace-pre-wrap wrap-anywhere">{item.description}</p>
        </Card>
        <Card title={`Checks (${item.checks.length})`} flush>
          <CheckList checks={item.checks} attempts={story} />
        </Card>
      </div>
      <Card title={`Attempts (${item.attempts})`} flush>
        {history.error !== null && <Trouble error={history.error} />}
        {history.data === undefined && history.error === null && <Waiting what="the attempts" />}
        {history.data !== undefined && <ItemAttempts project={project.id} attempts={story} />}
      </Card>
      <Card title="Change">
        <Change project={project.id} item={item} />
      </Card>
      <Card title="Comments" flush>
        <ItemTalk events={history.data ?? []} item={item.key} />
      </Card>
    </div>
  );
}

function storyOf(
  events: readonly EventRecord[] | undefined,
  item: string,
  { project, items }: Board,
): readonly ShownAttempt[] {
  const known = items.some(({ key }) => key === item);
  const ours = events?.filter(({ run_id: run }) => run === project.run?.id) ?? [];
  return known ? attemptsOf(ours, item) : [];
}

function ItemHead({ board: { project, items }, item }: { board: Board; item: WorkItem }) {
  const after = items.filter(({ dependencies }) => dependencies.includes(item.key));
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-mono text-muted">{item.key}</span>
        <h2 className="text-lg font-semibold wrap-anywhere">{item.title}</h2>
        <ItemState item={item} />
      </div>
      <p className="flex flex-wrap gap-x-4 text-sm text-muted">
        <Keys label="Needs" project={project.id} keys={item.dependencies} none="Needs nothing" />
        <Keys
          label="Needed by"
          project={project.id}
          keys={after.map(({ key }) => key)}
          none="Nothing waits for it"
        />
        {item.commit !== null && (
          <span>
            On main as <code className="font-mono">{item.commit.slice(0, 10)}</code>
          </span>
        )}
      </p>
      {item.status === 'blocked' && !item.skipped ? (
        <Blocked project={project.id} item={item} />
      ) : (
        item.reason !== null && <Notice tone="calm" title={<Said text={item.reason} />} />
      )}
    </div>
  );
}

/** A person alone gets it going again. */
function Blocked({ project, item }: { project: string; item: WorkItem }) {
  const change = useItemChange(project, item.key);
  return (
    <>
      <Notice
        tone="bad"
        title={<Said text={item.reason ?? 'No reason was given'} />}
        actions={
          <>
            <Button disabled={change.isPending} onClick={() => change.mutate({ status: 'todo' })}>
              Try it again
            </Button>
            <Button
              disabled={change.isPending}
              onClick={() => change.mutate({ status: 'skipped' })}
            >
              Go on without it
            </Button>
          </>
        }
      >
        Mend the cause first. A run that has ended goes on with Resume.
      </Notice>
      {change.error !== null && <Trouble error={change.error} />}
    </>
  );
}

function Keys(props: {
  readonly label: string;
  readonly project: string;
  readonly keys: readonly string[];
  readonly none: string;
}) {
  if (props.keys.length === 0) return <span>{props.none}</span>;
  return (
    <span>
      {props.label}{' '}
      {props.keys.map((key, index) => (
        <span key={key}>
          {index > 0 && ', '}
          <Link
            href={`/projects/${props.project}/items/${encodeURIComponent(key)}`}
            className="font-mono text-accent hover:underline"
          >
            {key}
          </Link>
        </span>
      ))}
    </span>
  );
}

function Change({ project, item }: { project: string; item: WorkItem }) {
  const { data, error } = useDiff(project, item.key);
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <Waiting what="the change" />;
  if (data.newer !== null && data.older === data.newer)
    return <Empty title="It changed nothing">Its checks passed on main as it was.</Empty>;
  if (data.diff === '')
    return (
      <Empty title="Nothing was changed yet">
        {data.files.length > 0 && `${counted(data.files.length, 'file')} without text to show`}
      </Empty>
    );
  return (
    <Suspense fallback={<Waiting what="the change" />}>
      <DiffView text={data.diff} />
    </Suspense>
  );
}

import { lazy, Suspense } from 'react';
import { Link, Redirect } from 'wouter';
import type { Board, DocumentList } from '../../../src/server/contract.ts';
import { useDocuments } from '../api/queries.ts';
import { buttonLook } from '../parts/button.tsx';
import { Card } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Empty, Notice } from '../parts/notice.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { words } from '../show/format.ts';
import { slugOf } from '../show/slug.ts';
import { Answer } from './answer.tsx';
import { useTitle } from './use-title.ts';

const Markdown = lazy(async () => ({
  default: (await import('../parts/markdown.tsx')).Markdown,
}));

type Document = DocumentList['documents'][number];

/** The plan, document by document; what waits for an answer comes first. */
export function Documents({ board, shown }: { board: Board; shown: string | null }) {
  const { project, approvals } = board;
  const { data, error } = useDocuments(project.id);
  const asked = new Set(approvals.flatMap(({ document }) => document?.path ?? []));
  const rest = (data ?? []).filter(({ path }) => !asked.has(path));
  useTitle('Documents', project.name);
  const [asking] = approvals;
  const first = asking === undefined ? rest[0]?.phase : slugOf(asking.id);
  const home = `/projects/${project.id}/documents`;
  // The address pins what is read: another question never takes the place of the one on the screen.
  if (shown === null && first !== undefined) return <Redirect to={`${home}/${first}`} replace />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <List board={board} documents={rest} current={shown} />
      <div className="min-w-0">
        {error !== null && <Trouble error={error} />}
        <Chosen
          board={board}
          documents={rest}
          shown={shown}
          loaded={data !== undefined || error !== null}
        />
      </div>
    </div>
  );
}

function Chosen(props: {
  readonly board: Board;
  readonly documents: readonly Document[];
  readonly shown: string | null;
  readonly loaded: boolean;
}) {
  const { board, documents, shown, loaded } = props;
  const approval = board.approvals.find(({ id }) => slugOf(id) === shown);
  if (approval !== undefined)
    return <Answer key={approval.id} project={board.project.id} approval={approval} />;
  const document = documents.find(({ phase }) => phase === shown);
  if (document !== undefined) return <Text document={document} />;
  if (!loaded) return <Waiting what="the documents" />;
  return shown === null ? (
    <Empty title="No document yet">
      Requirements, architecture and tasks appear here as the planning phases end.
    </Empty>
  ) : (
    <Closed project={board.project.id} />
  );
}

/** Somebody else answered, or the question was asked anew about something else. */
function Closed({ project }: { project: string }) {
  return (
    <div role="alert">
      <Notice
        tone="warn"
        title="What you read is not asked any more"
        actions={
          <Link href={`/projects/${project}/documents`} className={buttonLook()}>
            Show what is there now
          </Link>
        }
      >
        It was answered meanwhile, here or elsewhere, or it changed and is asked anew.
      </Notice>
    </div>
  );
}

function Text({ document }: { document: Document }) {
  return (
    <Card title={document.path}>
      <Suspense fallback={<Waiting what="the document" />}>
        <Markdown text={document.text} />
      </Suspense>
    </Card>
  );
}

function List(props: {
  readonly board: Board;
  readonly documents: readonly Document[];
  readonly current: string | null;
}) {
  const { approvals, project } = props.board;
  const home = `/projects/${project.id}/documents`;
  if (approvals.length + props.documents.length === 0) return <div className="max-lg:hidden" />;
  return (
    <nav aria-label="Documents">
      <ul className="flex flex-wrap gap-1 lg:flex-col">
        {approvals.map(({ id, phase, item }) => (
          <Entry
            key={id}
            href={`${home}/${slugOf(id)}`}
            name={item ?? words(phase)}
            hint="Waits for you"
            current={props.current === slugOf(id)}
          />
        ))}
        {props.documents.map(({ path, phase }) => (
          <Entry
            key={path}
            href={`${home}/${phase}`}
            name={words(phase)}
            hint={path.slice(path.lastIndexOf('/') + 1)}
            current={props.current === phase}
          />
        ))}
      </ul>
    </nav>
  );
}

function Entry(props: {
  readonly href: string;
  readonly name: string;
  readonly hint: string;
  readonly current: boolean;
}) {
  return (
    <li className="shrink-0">
      <Link
        href={props.href}
        {...(props.current ? { 'aria-current': 'true' as const } : {})}
        className="flex items-start gap-2 rounded-lg px-3 py-2 hover:bg-sunken aria-[current]:bg-accent-soft"
      >
        <Icon name="file" className="mt-1 size-4 text-muted" />
        <span>
          <span className="block text-sm font-medium">{props.name}</span>
          <span className="block text-xs text-muted">{props.hint}</span>
        </span>
      </Link>
    </li>
  );
}

import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import type { Approval, Board, DocumentList } from '../../../src/server/contract.ts';
import { useDocuments } from '../api/queries.ts';
import { Card } from '../parts/card.tsx';
import { Icon } from '../parts/icon.tsx';
import { Empty } from '../parts/notice.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { words } from '../show/format.ts';
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
  const { approval, document } = chosen(approvals, rest, shown);
  useTitle('Documents', project.name);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <List board={board} documents={rest} current={approval?.id ?? document?.path} />
      <div className="min-w-0">
        {error !== null && <Trouble error={error} />}
        {approval !== undefined ? (
          <Answer key={approval.id} project={project.id} approval={approval} />
        ) : (
          <Text document={document} loaded={data !== undefined || error !== null} />
        )}
      </div>
    </div>
  );
}

interface Chosen {
  readonly approval?: Approval | undefined;
  readonly document?: Document | undefined;
}

/** What the address names; else the first question; else the first document. */
function chosen(
  approvals: readonly Approval[],
  documents: readonly Document[],
  shown: string | null,
): Chosen {
  const document = documents.find(({ path }) => path === shown);
  if (document !== undefined) return { document };
  const approval = approvals.find(({ id }) => id === shown) ?? approvals[0];
  return approval === undefined ? { document: documents[0] } : { approval };
}

function Text({ document, loaded }: { document: Document | undefined; loaded: boolean }) {
  if (document === undefined)
    return loaded ? (
      <Empty title="No document yet">
        Requirements, architecture and tasks appear here as the planning phases end.
      </Empty>
    ) : (
      <Waiting what="the documents" />
    );
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
  readonly current: string | undefined;
}) {
  const { approvals, project } = props.board;
  const home = `/projects/${project.id}/documents`;
  if (approvals.length + props.documents.length === 0) return <div className="max-lg:hidden" />;
  return (
    <nav aria-label="Documents">
      <ul className="flex gap-1 overflow-x-auto lg:flex-col">
        {approvals.map(({ id, phase, item }) => (
          <Entry
            key={id}
            href={`${home}/${encodeURIComponent(id)}`}
            name={item ?? words(phase)}
            hint="Waits for you"
            current={props.current === id}
          />
        ))}
        {props.documents.map(({ path, phase }) => (
          <Entry
            key={path}
            href={`${home}/${encodeURIComponent(path)}`}
            name={words(phase)}
            hint={path.slice(path.lastIndexOf('/') + 1)}
            current={props.current === path}
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

import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Approval } from '../../../src/server/contract.ts';
import { ApiProblem } from '../api/client.ts';
import { useOrder, type Order } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { words } from '../show/format.ts';
import { EditForm, RejectForm } from './answer-forms.tsx';

const Markdown = lazy(async () => ({
  default: (await import('../parts/markdown.tsx')).Markdown,
}));
const DiffView = lazy(async () => ({
  default: (await import('../parts/diff-view.tsx')).DiffView,
}));

const FRAME = 'rounded-xl border border-warn/50 bg-surface';
const HEAD = 'sticky top-12 z-[5] space-y-3 rounded-t-xl border-b border-line bg-surface px-4 py-3';

type Mode = 'reading' | 'editing' | 'rejecting';

/**
 * A question with what it is about. An answer is bound to the state that was on the screen: when
 * that changes meanwhile the page says so and shows the new one only when asked to, and an answer
 * to the old one is refused by the server.
 */
export function Answer({ project, approval }: { project: string; approval: Approval }) {
  const [shown, setShown] = useState(approval);
  const [mode, setMode] = useState<Mode>('reading');
  const { busy, error, send } = useAnswer(project, shown);
  const stale = approval.state !== shown.state;
  const now = stale ? 'stale' : mode;
  const read = (): void => setMode('reading');
  const renew = (): void => {
    setShown(approval);
    setMode('reading');
  };
  return (
    <section aria-labelledby="question" className={FRAME}>
      <div className={HEAD}>
        <Question approval={shown}>
          {now === 'reading' && (
            <Choices
              approval={shown}
              busy={busy}
              onApprove={() => send({ verb: 'approve', body: {} })}
              onMode={setMode}
            />
          )}
        </Question>
        {now === 'stale' && <Stale onShow={renew} />}
        <Refused error={error} />
        {now === 'rejecting' && (
          <RejectForm
            busy={busy}
            onCancel={read}
            onReject={(reason) => send({ verb: 'reject', body: { reason } })}
          />
        )}
      </div>
      <div className="p-4">
        {mode === 'editing' && shown.document !== null ? (
          <EditForm
            text={shown.document.text}
            busy={busy || stale}
            onCancel={read}
            onSave={(text) => send({ verb: 'approve', body: { text } })}
          />
        ) : (
          <Asked approval={shown} />
        )}
      </div>
    </section>
  );
}

function Question({ approval, children }: { approval: Approval; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0 flex-1 basis-64">
        <h2 id="question" className="font-semibold wrap-anywhere">
          {approval.item ?? words(approval.phase)}: your answer is needed
        </h2>
        <p className="text-sm text-muted wrap-anywhere">{approval.question}</p>
      </div>
      {children}
    </div>
  );
}

type Given =
  | { readonly verb: 'approve'; readonly body: { readonly text?: string } }
  | { readonly verb: 'reject'; readonly body: { readonly reason: string } };

/** Sends an answer to exactly what is shown; once it is taken, the run's page says what comes of it. */
function useAnswer(project: string, { id, state }: Approval) {
  const [, go] = useLocation();
  const order = useOrder(project, () => go(`/projects/${project}`));
  const send = (given: Given): void => {
    const bound = { approval: id, state };
    const whole: Order =
      given.verb === 'approve'
        ? { verb: 'approve', body: { ...bound, ...given.body } }
        : { verb: 'reject', body: { ...bound, ...given.body } };
    order.mutate(whole);
  };
  return { busy: order.isPending, error: order.error, send };
}

function Choices(props: {
  readonly approval: Approval;
  readonly busy: boolean;
  readonly onApprove: () => void;
  readonly onMode: (mode: Mode) => void;
}) {
  const { approval, busy, onApprove, onMode } = props;
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="main" disabled={busy} onClick={onApprove}>
        {busy ? 'Sending…' : 'Approve'}
      </Button>
      {approval.document !== null && (
        <Button disabled={busy} onClick={() => onMode('editing')}>
          Edit…
        </Button>
      )}
      <Button disabled={busy} onClick={() => onMode('rejecting')}>
        Reject…
      </Button>
    </div>
  );
}

function Stale({ onShow }: { onShow: () => void }) {
  return (
    <div role="alert">
      <Notice
        tone="warn"
        title="This changed since you opened it"
        actions={<Button onClick={onShow}>Show it as it is now</Button>}
      >
        What stands below is the former state; it can no longer be answered.
      </Notice>
    </div>
  );
}

function Refused({ error }: { error: Error | null }) {
  if (error === null) return null;
  const stale = error instanceof ApiProblem && error.status === 409;
  return stale ? (
    <Trouble error={error} title="Your answer was not taken: things changed meanwhile" />
  ) : (
    <Trouble error={error} />
  );
}

function Asked({ approval: { document, change } }: { approval: Approval }) {
  return (
    <Suspense fallback={<Waiting what="what it is about" />}>
      {change !== null && (
        <div className="mb-4 space-y-3">
          <ul className="list-disc pl-5 text-sm">
            {change.files.map(({ path, deed, because }) => (
              <li key={path} className="wrap-anywhere">
                {deed} <code className="font-mono">{path}</code> ({because})
              </li>
            ))}
          </ul>
          <DiffView text={change.diff} />
        </div>
      )}
      {document !== null && <Markdown text={document.text} />}
    </Suspense>
  );
}

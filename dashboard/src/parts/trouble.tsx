import { ApiProblem } from '../api/client.ts';
import { Notice, Said } from './notice.tsx';

/** What went wrong between the page and the server, and what to do. */
export function Trouble({ error, title }: { error: Error; title?: string }) {
  return (
    <div role="alert" className="my-3">
      <Notice tone="bad" title={title ?? titleOf(error)}>
        <Said text={error.message} />
      </Notice>
    </div>
  );
}

function titleOf(error: Error): string {
  if (!(error instanceof ApiProblem)) return 'Something on this page went wrong';
  if (error.status === 0) return 'The server is away';
  if (error.status >= 500) return 'The server could not answer';
  return error.status === 429 ? 'Too many requests' : 'That could not be done';
}

export function Waiting({ what }: { what: string }) {
  return <output className="block py-8 text-center text-sm text-muted">Loading {what}…</output>;
}

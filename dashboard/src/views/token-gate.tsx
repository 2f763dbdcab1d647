import { useId, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { FIELD } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { useTitle } from './use-title.ts';

/** Where the server asks for a token that this tab does not have, or that it refused. */
export function TokenGate(props: {
  readonly refused: boolean;
  readonly onToken: (token: string) => void;
}) {
  const [token, setToken] = useState('');
  const id = useId();
  useTitle('Token needed');
  return (
    <div className="mx-auto mt-[8vh] max-w-lg space-y-5">
      <h1 className="text-xl font-semibold">This server asks for a token</h1>
      {props.refused && (
        <div role="alert">
          <Notice tone="bad" title="The server refused the token of this tab">
            It was started again with another one, or the address was cut.
          </Notice>
        </div>
      )}
      <p>
        Open the address that <code className="font-mono text-sm">harness serve</code> printed: it
        holds the token behind the <code className="font-mono text-sm">#</code>. Or paste the token
        here; it stays in this tab and goes only to this server.
      </p>
      <form
        className="flex flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          props.onToken(token.trim());
        }}
      >
        <div className="min-w-0 flex-1 basis-64">
          <label htmlFor={id} className="mb-1 block text-sm font-medium">
            Token
          </label>
          <input
            id={id}
            type="password"
            autoComplete="off"
            required
            value={token}
            onChange={(event) => setToken(event.target.value)}
            className={FIELD}
          />
        </div>
        <Button type="submit" look="main" className="min-h-9">
          Enter
        </Button>
      </form>
    </div>
  );
}

import { useState } from 'react';
import type { Project } from '../../../src/server/contract.ts';
import { useOrder } from '../api/queries.ts';
import { Button } from '../parts/button.tsx';
import { Card } from '../parts/card.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { NO_DRAFT, RunFields, runOrder } from './run-fields.tsx';
import { useTitle } from './use-title.ts';

/** Of a project that was never run. */
export function StartRunForm({ project }: { project: Project }) {
  useTitle(project.name);
  return (
    <div className="max-w-2xl">
      <Card title="Start the first run">
        <RunForm project={project.id} idea={project.idea ?? ''} />
      </Card>
    </div>
  );
}

/** Of a project whose run is complete. */
export function NewRun({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>New run…</Button>
      <Sheet open={open} onOpenChange={setOpen} title="New run">
        <RunForm project={project} idea="" onStarted={() => setOpen(false)} />
      </Sheet>
    </>
  );
}

function RunForm(props: {
  readonly project: string;
  readonly idea: string;
  readonly onStarted?: () => void;
}) {
  const [draft, setDraft] = useState({ ...NO_DRAFT, idea: props.idea });
  const order = useOrder(props.project, props.onStarted);
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        order.mutate({ verb: 'run', body: runOrder(draft) });
      }}
    >
      <RunFields draft={draft} onDraft={setDraft} />
      {order.error !== null && <Trouble error={order.error} />}
      <div className="flex justify-end">
        <Button type="submit" look="main" disabled={order.isPending}>
          {order.isPending ? 'Starting…' : 'Start'}
        </Button>
      </div>
    </form>
  );
}

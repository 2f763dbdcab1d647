import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { useLocation } from 'wouter';
import type { CreateProject, Project, Run } from '../../../src/server/contract.ts';
import { at } from '../api/queries.ts';
import { useClient } from '../api/client-context.ts';
import { Button } from '../parts/button.tsx';
import { Field, FIELD } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { NO_DRAFT, RunFields, runOrder, type RunDraft } from './run-fields.tsx';

/** From a name and an idea to a run under way. */
export function NewProject() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="main" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        New project
      </Button>
      <Sheet open={open} onOpenChange={setOpen} title="New project">
        <NewProjectForm onCancel={() => setOpen(false)} />
      </Sheet>
    </>
  );
}

function NewProjectForm({ onCancel }: { onCancel: () => void }) {
  const [name, setName] = useState('');
  const [draft, setDraft] = useState<RunDraft>(NO_DRAFT);
  const begin = useBegin();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    begin.mutate({ name: name.trim(), draft });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label="Name" hint="Also the name of its folder.">
        {(ids) => (
          <input
            {...ids}
            required
            maxLength={255}
            value={name}
            onChange={(event) => setName(event.target.value)}
            className={FIELD}
          />
        )}
      </Field>
      <RunFields draft={draft} onDraft={setDraft} />
      {begin.error !== null && <Trouble error={begin.error} />}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="main" disabled={begin.isPending}>
          {begin.isPending ? 'Starting…' : 'Create and start'}
        </Button>
      </div>
    </form>
  );
}

/** The project that was created stays when the run is refused: the next try only starts that. */
function useBegin() {
  const client = useClient();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const made = useRef<Project | null>(null);
  return useMutation({
    mutationFn: async ({ name, draft }: { readonly name: string; readonly draft: RunDraft }) => {
      const body: CreateProject = { name };
      made.current ??= await client.send<Project>('POST', '/projects', body);
      await client.send<Run>('POST', at(made.current.id, 'run'), runOrder(draft));
      return made.current;
    },
    onSuccess: ({ id }) => go(`/projects/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['projects'] }),
  });
}

import type { StartRun } from '../../../src/server/contract.ts';
import { Field, FIELD } from '../parts/field.tsx';

/** What a form asks before a run, as typed. */
export interface RunDraft {
  readonly idea: string;
  readonly rehearse: boolean;
  readonly asks: boolean;
  readonly budget: string;
  readonly parallel: string;
}

export const NO_DRAFT: RunDraft = Object.freeze({
  idea: '',
  rehearse: false,
  asks: true,
  budget: '',
  parallel: '',
});

/** What is left empty is left to the configuration. */
export function runOrder({ idea, rehearse, asks, budget, parallel }: RunDraft): StartRun {
  return {
    ...(idea.trim() === '' || rehearse ? {} : { idea: idea.trim() }),
    ...(rehearse ? { rehearse: true } : {}),
    ...(budget === '' ? {} : { budget_usd: Number(budget) }),
    ...(parallel === '' ? {} : { parallel: Number(parallel) }),
    autonomy: asks ? 'checkpoint' : 'full',
  };
}

interface Fields {
  readonly draft: RunDraft;
  readonly onDraft: (draft: RunDraft) => void;
}

export function RunFields({ draft, onDraft }: Fields) {
  const set = (part: Partial<RunDraft>): void => onDraft({ ...draft, ...part });
  return (
    <div className="space-y-4">
      <Field
        label="Idea"
        hint={
          draft.rehearse
            ? 'A rehearsal plays its own idea: a reading list.'
            : 'What should be built, in your words; a sentence or a whole specification.'
        }
      >
        {(ids) => (
          <textarea
            {...ids}
            rows={4}
            required={!draft.rehearse}
            disabled={draft.rehearse}
            value={draft.idea}
            onChange={(event) => set({ idea: event.target.value })}
            className={`${FIELD} resize-y disabled:bg-sunken disabled:text-muted`}
          />
        )}
      </Field>
      <Choice
        label="Ask me after each plan document"
        checked={draft.asks}
        onChange={(asks) => set({ asks })}
      />
      <Choice
        label="Rehearse with a scripted model: no key, no cost"
        checked={draft.rehearse}
        onChange={(rehearse) => set({ rehearse })}
      />
      <Numbers draft={draft} onDraft={onDraft} />
    </div>
  );
}

function Numbers({ draft, onDraft }: Fields) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Budget in US dollars" hint="It parks there. Empty: as configured.">
        {(ids) => (
          <input
            {...ids}
            type="number"
            min="0.01"
            step="any"
            inputMode="decimal"
            value={draft.budget}
            onChange={(event) => onDraft({ ...draft, budget: event.target.value })}
            className={FIELD}
          />
        )}
      </Field>
      <Field label="Agents at once" hint="Empty: as configured.">
        {(ids) => (
          <input
            {...ids}
            type="number"
            min="1"
            max="100"
            value={draft.parallel}
            onChange={(event) => onDraft({ ...draft, parallel: event.target.value })}
            className={FIELD}
          />
        )}
      </Field>
    </div>
  );
}

function Choice(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label className="flex items-start gap-2 text-sm">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
        className="mt-0.5 size-4 accent-accent-strong"
      />
      {props.label}
    </label>
  );
}

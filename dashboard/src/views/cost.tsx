import { useState } from 'react';
import type { Board, Cost } from '../../../src/server/contract.ts';
import { useCost } from '../api/queries.ts';
import { Card, Figure } from '../parts/card.tsx';
import { Empty, Notice } from '../parts/notice.tsx';
import { Scroller } from '../parts/scroller.tsx';
import { Trouble, Waiting } from '../parts/trouble.tsx';
import { shareOf, sortedParts, type Part } from '../show/cost.ts';
import { counted, money, tokens, words } from '../show/format.ts';
import { useTitle } from './use-title.ts';

type By = Exclude<Cost['by'], 'session'>;
const BY: readonly By[] = ['phase', 'item', 'model'];
const NAMES: Readonly<Record<By, string>> = { phase: 'Phase', item: 'Work item', model: 'Model' };

/** Where the money went, how much may still go, and how much probably will. */
export function CostPage({ board: { project } }: { board: Board }) {
  const [by, setBy] = useState<By>('phase');
  const { data, error } = useCost(project.id, by);
  useTitle('Cost', project.name);
  return (
    <div className="space-y-4">
      {error !== null && <Trouble error={error} />}
      {data === undefined && error === null && <Waiting what="the cost" />}
      {data !== undefined && <Totals cost={data} />}
      <Card title="Where it went" flush aside={<Choice by={by} onBy={setBy} />}>
        {data !== undefined && <Parts cost={data} by={by} />}
      </Card>
    </div>
  );
}

function Choice({ by, onBy }: { by: By; onBy: (by: By) => void }) {
  return (
    <fieldset className="flex rounded-md border border-line p-0.5 text-sm">
      <legend className="sr-only">Divide the cost by</legend>
      {BY.map((one) => (
        <label
          key={one}
          className="cursor-pointer rounded px-2.5 py-1 text-muted has-checked:bg-sunken has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="by"
            className="sr-only"
            checked={by === one}
            onChange={() => onBy(one)}
          />
          {NAMES[one]}
        </label>
      ))}
    </fieldset>
  );
}

function Totals({ cost }: { cost: Cost }) {
  const { total, budget_usd: budget, forecast, rehearsal } = cost;
  return (
    <Card title="The whole run">
      {rehearsal && (
        <div className="mb-4">
          <Notice tone="calm" title="A rehearsal: the model is a script, nothing was paid">
            The money shown is what these tokens would have cost.
          </Notice>
        </div>
      )}
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <Figure name="Spent" value={money(total.cost_usd)} />
        <Figure name="Cap" value={budget === null ? 'none' : money(budget)} />
        <Figure
          name="Probably still to come"
          value={money(forecast.more_usd)}
          hint={`for ${counted(forecast.remaining_items, 'work item')}`}
        />
        <Figure name="Tokens in" value={tokens(total.input_tokens)} />
        <Figure name="Read from cache" value={tokens(total.cache_read_tokens)} />
        <Figure name="Written to cache" value={tokens(total.cache_write_tokens)} />
        <Figure name="Tokens out" value={tokens(total.output_tokens)} />
      </dl>
      {budget !== null && (
        <CapMeter spent={total.cost_usd ?? 0} more={forecast.more_usd ?? 0} cap={budget} />
      )}
    </Card>
  );
}

/** How much of the cap is spent, and how much more the forecast takes. */
function CapMeter({ spent, more, cap }: { spent: number; more: number; cap: number }) {
  const used = shareOf(spent, cap);
  const then = Math.min(100 - used, shareOf(more, cap));
  const over = spent + more > cap;
  return (
    <div className="mt-4 max-w-xl">
      <div aria-hidden="true" className="flex h-2.5 overflow-hidden rounded-full bg-sunken">
        <div className="bg-accent" style={{ width: `${used}%` }} />
        <div
          className={`opacity-40 ${over ? 'bg-bad' : 'bg-accent'}`}
          style={{ width: `${then}%` }}
        />
      </div>
      <p className={`mt-1 text-xs ${over ? 'text-bad' : 'text-muted'}`}>
        {Math.round(used)} % of the cap is spent
        {over ? '; the forecast goes beyond it: the run would park there.' : '.'}
      </p>
    </div>
  );
}

function Parts({ cost, by }: { cost: Cost; by: By }) {
  const parts = sortedParts(cost.parts);
  const [most] = parts;
  if (most === undefined)
    return (
      <div className="p-4">
        <Empty title="Nothing was spent yet" />
      </div>
    );
  return (
    <Scroller label="Cost by part">
      <table className="w-full text-left text-sm">
        <thead className="text-xs text-muted">
          <tr className="border-b border-line *:px-4 *:py-2 *:font-medium">
            <th>{NAMES[by]}</th>
            <th className="text-right">In</th>
            <th className="text-right">Out</th>
            <th className="text-right">Money</th>
            <th className="w-2/5 max-sm:hidden">
              <span className="sr-only">Share</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {parts.map((part) => (
            <Row key={part.name} part={part} most={most} by={by} />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Row({ part: { name, usage }, most, by }: { part: Part; most: Part; by: By }) {
  const share = shareOf(usage.cost_usd ?? 0, most.usage.cost_usd ?? 0);
  const shown = name === '' ? 'No work item' : name;
  return (
    <tr className="*:px-4 *:py-2">
      <th scope="row" className="font-medium whitespace-nowrap">
        {by === 'phase' ? words(shown) : shown}
      </th>
      <td className="text-right tabular-nums">
        {tokens(usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens)}
      </td>
      <td className="text-right tabular-nums">{tokens(usage.output_tokens)}</td>
      <td className="text-right tabular-nums">{money(usage.cost_usd)}</td>
      <td className="max-sm:hidden" aria-hidden="true">
        <div className="h-2 rounded-full bg-accent" style={{ width: `${share}%` }} />
      </td>
    </tr>
  );
}

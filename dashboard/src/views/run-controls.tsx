import { useState } from 'react';
import type { Board, Run } from '../../../src/server/contract.ts';
import { useOrder, type Order } from '../api/queries.ts';
import { useNow } from '../live/use-now.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { controlsOf, isStarting } from '../show/controls.ts';
import { NewRun } from './start-run.tsx';

/** Pause, stop, resume: what can be asked of the run as it stands. */
export function RunControls({ run, board }: { run: Run; board: Board }) {
  const order = useOrder(run.project_id);
  const [stopping, setStopping] = useState(false);
  const can = controlsOf(run, board.approvals.length);
  const starting = isStarting(run, board, useNow());
  const ask = (one: Order): void => order.mutate(one);
  return (
    <div className="flex flex-col items-end">
      <div className="flex flex-wrap gap-2">
        {can.resume && !starting && (
          <Button
            look="main"
            disabled={order.isPending}
            onClick={() => ask({ verb: 'resume', body: {} })}
          >
            <Icon name="play" className="size-3.5" />
            Resume
          </Button>
        )}
        {can.begin && <NewRun project={run.project_id} />}
        {can.pause && (
          <Button disabled={order.isPending} onClick={() => ask({ verb: 'pause', body: {} })}>
            <Icon name="pause" className="size-3.5" />
            Pause
          </Button>
        )}
        {can.stop && (
          <Button onClick={() => setStopping(true)}>
            <Icon name="stop" className="size-3.5" />
            Stop…
          </Button>
        )}
      </div>
      {order.error !== null && <Trouble error={order.error} />}
      <Sheet open={stopping} onOpenChange={setStopping} title="Stop the run?">
        <StopChoice
          onCancel={() => setStopping(false)}
          onStop={(now) => {
            setStopping(false);
            ask({ verb: 'stop', body: now ? { now } : {} });
          }}
        />
      </Sheet>
    </div>
  );
}

function StopChoice(props: {
  readonly onCancel: () => void;
  readonly onStop: (now: boolean) => void;
}) {
  return (
    <>
      <p>
        Agents end at their next step, within ten seconds. All they wrote is kept, and the run can
        be resumed at any time.
      </p>
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Button onClick={props.onCancel}>Let it run</Button>
        <Button onClick={() => props.onStop(true)}>Stop at once</Button>
        <Button look="danger" onClick={() => props.onStop(false)}>
          Stop
        </Button>
      </div>
    </>
  );
}

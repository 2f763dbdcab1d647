import { expect, test } from 'vitest';
import { deploy } from '../../src/phases/deploy.ts';
import { SKIPPED } from '../../src/domain/work-item.ts';
import { implement } from '../../src/phases/implement.ts';
import { initialize } from '../../src/phases/initialize.ts';
import { anItem } from '../support/a-run.ts';
import { aContext, failed } from './a-context.ts';

test('the scaffold is complete when its session was proved', async () => {
  expect(await initialize.run(aContext({ roles: { initializer: '' } }))).toEqual({
    status: 'completed',
    outputs: ['init.sh'],
  });
  expect(await initialize.run(aContext({ roles: { initializer: failed('red') } }))).toEqual({
    status: 'failed',
    reason: 'initializer: red',
  });
});

test('implementing is complete when every item is done or was skipped by a person', async () => {
  const skipped = anItem({ key: 'UI-1', status: 'blocked', reason: `${SKIPPED}: not wanted` });
  expect(await implement.run(aContext({ items: [anItem({ status: 'done' }), skipped] }))).toEqual({
    status: 'completed',
    outputs: ['1 of 2 work items done'],
  });
});

test('implementing is blocked by blocked items, and names what waits behind them', async () => {
  const items = [
    anItem({ status: 'done' }),
    anItem({ key: 'UI-1', status: 'blocked', reason: '1 of 2 checks did not pass.\n- npm test' }),
    anItem({ key: 'DOC-1', dependencies: ['UI-1'] }),
  ];
  expect(await implement.run(aContext({ items }))).toEqual({
    status: 'blocked',
    reason: 'UI-1 is blocked: 1 of 2 checks did not pass.; behind blocked items: DOC-1',
  });
});

test.each([
  ['nothing to implement', { items: [] }, { status: 'blocked' }],
  ['too little time', { settled: 'timed_out' }, { status: 'timed_out' }],
  ['a stop', { settled: 'aborted' }, { status: 'aborted' }],
] as const)('implementing does not complete with %s', async (_, given, end) => {
  expect(await implement.run(aContext(given))).toMatchObject(end);
});

test.each([
  ['deployed', { status: 'completed', outputs: ['detail'] }],
  ['rolled_back', { status: 'failed', reason: 'rolled_back: detail' }],
  ['failed', { status: 'failed', reason: 'failed: detail' }],
  ['aborted', { status: 'aborted', reason: 'detail' }],
  ['unknown', { status: 'blocked', reason: 'detail' }],
] as const)('a deployment that is %s ends the phase so', async (status, end) => {
  expect(await deploy.run(aContext({ deploy: { status, detail: 'detail' } }))).toEqual(end);
});

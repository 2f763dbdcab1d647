import { expect, test } from 'vitest';
import type { RefusedCall, SessionEvent } from '../../src/sessions/agent.ts';
import { createRefusalWatch } from '../../src/sessions/refusal-watch.ts';

const refused = (command: string, reason = 'why'): RefusedCall => ({
  tool: 'Bash',
  input: { command, description: String(Math.random()) },
  reason,
});

const ended = (failed: boolean): SessionEvent => ({
  type: 'tool_ended',
  id: '1',
  failed,
  output: '',
});

test('the same call for the third time is the end, whatever was done in between', () => {
  const watch = createRefusalWatch();
  for (const command of ['sudo ls', 'sudo ls', 'sudo ls']) {
    expect(watch.denial()).toBeNull();
    watch.see(ended(false));
    watch.refused(refused(command));
  }
  expect(watch.signal.aborted).toBe(true);
  expect(watch.denial()).toEqual({
    status: 'denied',
    reason: 'Bash `sudo ls` was refused 3 times: why',
  });
});

test('other calls for the same reason are the end only in a row', () => {
  const watch = createRefusalWatch();
  for (const command of ['a', 'b', 'c', 'd']) {
    watch.refused(refused(command));
    watch.see(ended(true));
    watch.refused(refused(`${command} again`));
    watch.see(ended(false));
  }
  expect(watch.denial()).toBeNull();
  for (const command of ['e', 'f', 'g']) watch.refused(refused(command));
  expect(watch.denial()?.reason).toContain('`g` was refused 3 times');
});

test('what is refused for different reasons is looked for, not insisted on', () => {
  const watch = createRefusalWatch();
  for (const reason of ['one', 'two', 'three', 'four']) watch.refused(refused('ls', reason));
  expect(watch.signal.aborted).toBe(false);
});

test('the reason holds no control characters, and not all of a long call', () => {
  const watch = createRefusalWatch();
  for (let times = 0; times < 3; times += 1)
    watch.refused(refused(`\u001b[2Jls\n${'x'.repeat(1000)}`));
  expect(watch.denial()?.reason).toMatch(/^Bash `ls x+…` was refused/u);
});

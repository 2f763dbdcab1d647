import { describe, expect, test } from 'vitest';
import { splitRejection } from '../../../src/cli/interactive/answers.ts';
import {
  COMMANDS,
  completed,
  completions,
  helpLines,
  parseTyped,
} from '../../../src/cli/interactive/slash.ts';
import { asTypedHere } from '../../../src/cli/interactive/speech.ts';

const KNOWN = {
  items: ['RL-1', 'RL-2', 'API-1'],
  questions: ['ideation'],
  projects: ['reading-list', 'reading-list-2'],
};

describe('what is typed at the prompt', () => {
  test('is a command, a text, or nothing', () => {
    expect(parseTyped('  ')).toEqual({ kind: 'nothing' });
    expect(parseTyped(' build a list\nwith lines ')).toEqual({
      kind: 'text',
      text: 'build a list\nwith lines',
    });
    expect(parseTyped('/status')).toEqual({ kind: 'command', name: 'status', rest: '' });
    expect(parseTyped('/Reject ideation say\nwhy ')).toEqual({
      kind: 'command',
      name: 'reject',
      rest: 'ideation say\nwhy',
    });
    expect(parseTyped('/nonsense now')).toEqual({ kind: 'unknown', word: '/nonsense' });
  });

  test('what a command does not take is refused with what it takes', () => {
    expect(parseTyped('/stop --now')).toEqual({ kind: 'command', name: 'stop', rest: '--now' });
    expect(parseTyped('/resume my project')).toMatchObject({ kind: 'command' });
    expect(parseTyped('/stop everything')).toEqual({
      kind: 'refused',
      because: '/stop takes [--now], not everything',
    });
    expect(parseTyped('/status --watch')).toEqual({
      kind: 'refused',
      because: '/status takes nothing more, not --watch',
    });
    const flagged = ['/items retry X-1', '/why --json', '/resume --parallel 3', '/quit now'];
    expect(flagged.map((typed) => parseTyped(typed).kind)).toEqual(flagged.map(() => 'refused'));
  });

  test('several lines are a command only where the command takes them', () => {
    for (const text of ['/stop everything\nthen build', '/stop\nthen build', '/nonsense\nx'])
      expect(parseTyped(text)).toEqual({ kind: 'text', text });
    expect(parseTyped('/new a list\nof links')).toMatchObject({ rest: 'a list\nof links' });
    expect(parseTyped('/status\n')).toMatchObject({ kind: 'command' });
  });

  test('a path is no command', () => {
    expect(parseTyped('/usr/bin is where it goes').kind).toBe('text');
    expect(parseTyped('/2 of it').kind).toBe('text');
  });

  test('R-146 R-147 R-148 R-149 help lists all commands, those of the original first of all', () => {
    const help = helpLines().join('\n');
    for (const { name } of COMMANDS) expect(help).toContain(`/${name}`);
    for (const name of [
      'new',
      'quit',
      'exit',
      'stop',
      'help',
      'projects',
      'status',
      'resume',
      'approve',
    ])
      expect(COMMANDS.map((command) => command.name)).toContain(name);
    expect(help).toContain('Enter on an empty line');
    expect(help).toContain('Esc or Ctrl+C');
  });
});

describe('completion', () => {
  test('of a command, up to where several go on differently', () => {
    expect(completions('/st', KNOWN)).toEqual(['/stop', '/status']);
    expect(completed('/st', completions('/st', KNOWN))).toBe('/st');
    expect(completed('/s', completions('/s', KNOWN))).toBe('/st');
    expect(completed('/ap', completions('/ap', KNOWN))).toBe('/approve ');
    expect(completed('/zzz', completions('/zzz', KNOWN))).toBe('/zzz');
    expect(completions('/', KNOWN)).toHaveLength(COMMANDS.length);
  });

  test('of what a command is about', () => {
    expect(completions('/why rl', KNOWN)).toEqual(['/why RL-1 ', '/why RL-2 ']);
    expect(completed('/why rl', completions('/why rl', KNOWN))).toBe('/why RL-');
    expect(completions('/approve i', KNOWN)).toEqual(['/approve ideation ']);
    expect(completions('/resume ', KNOWN)).toHaveLength(2);
    expect(completions('/cost x', KNOWN)).toEqual([]);
  });

  test('is of commands alone', () => {
    expect(completions('hello', KNOWN)).toEqual([]);
    expect(completions('/why a\nb', KNOWN)).toEqual([]);
  });
});

test('a rejection begins with the name of a question, or is all reason', () => {
  const names = ['ideation', 'RL-1'];
  expect(splitRejection('ideation too long', names)).toEqual({
    about: 'ideation',
    reason: 'too long',
  });
  expect(splitRejection('RL-1\nno\nno', names)).toEqual({ about: 'RL-1', reason: 'no\nno' });
  expect(splitRejection('too long', names)).toEqual({ about: '', reason: 'too long' });
  expect(splitRejection('ideation', names)).toEqual({ about: 'ideation', reason: '' });
  expect(splitRejection('', names)).toEqual({ about: '', reason: '' });
});

test('messages name commands as they are typed at the prompt', () => {
  expect(asTypedHere('`harness approve ideation --state abc`, then `harness resume`')).toBe(
    '`/approve ideation`, then `/resume`',
  );
  expect(asTypedHere('`harness reject X --state abc --reason TEXT`')).toBe('`/reject X REASON`');
  expect(asTypedHere('`harness logs -f --item RL-1`')).toBe('`/logs RL-1`');
  expect(asTypedHere('`harness stop --now`')).toBe('`/stop --now`');
});

test.each([
  '`harness doctor` helps',
  '`harness logs` in a shell has all that was said before',
  '`harness status --watch`',
  '`harness items retry RL-1` tries it again',
  '`harness resume --parallel N` gives more of them',
])('a command that the prompt does not take stays one of the shell: %s', (text) => {
  expect(asTypedHere(text)).toBe(text);
});

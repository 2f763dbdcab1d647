import { expect, test } from 'vitest';
import { fill, type Template } from '../../src/prompts/fill.ts';

const template = (text: string): Template => ({ name: 'x/y', path: '/prompts/x/y.md', text });

test('names are replaced by their values, spaces or not', () => {
  expect(fill(template('Build {{idea}}; {{ idea }}!'), { idea: 'a shop' })).toBe(
    'Build a shop; a shop!\n',
  );
});

test.each(['{{idea}}', '{{ other }}', '$&', "$' $1 $$", '{{', '}}{{idea}}{{'])(
  'a value is put in as it is, and never searched for names: %s',
  (idea) => {
    expect(fill(template('<{{idea}}>{{other}}'), { idea, other: 'o' })).toBe(`<${idea}>o\n`);
  },
);

test.each(['ideas', 'constructor', 'to_string', 'has_own'])(
  'a name without a value is refused with its file and what is known: %s',
  (name) => {
    expect(() => fill(template(`{{${name}}}`), { idea: 'a', title: 'b' })).toThrow(
      expect.objectContaining({
        code: 'PROMPT_VARIABLE',
        exit: 2,
        message: `/prompts/x/y.md uses {{${name}}}, which has no value here; known are idea, title`,
      }),
    );
  },
);

test('lines that held only an empty value leave no hole', () => {
  expect(
    fill(template('\n\nA\n\n{{feedback}}\n\n{{tasks}}\n\nB\n\n'), { feedback: '', tasks: '' }),
  ).toBe('A\n\nB\n');
});

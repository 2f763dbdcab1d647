import { expect, test } from 'vitest';
import { labelList } from '../../src/cli/common-options.ts';

test('a label counts once, whatever the case of its letters, as it was first written', () => {
  expect(labelList('gpu, docs,GPU,gpu')).toEqual(['gpu', 'docs']);
  expect(labelList('Docs,db', ['docs'])).toEqual(['docs', 'db']);
});

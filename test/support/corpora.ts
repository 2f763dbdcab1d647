import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { aPlace, judged } from '../safety/policy/a-policy.ts';

/** Folder of the security corpora, which are no part of the project; undefined: not here. */
export const CORPORA = process.env['HARNESS_CORPORA'];

/** Rows of each file, so that one that was cut short is noticed. */
const COUNTS = { benign: 498, 'family-hook-cases': 166, gtfobins: 296, dangerous: 538 } as const;

export type Corpus = keyof typeof COUNTS;

const rowSchema = z.object({
  id: z.string().optional(),
  command: z.string(),
  tier: z.string().optional(),
  expected: z.enum(['allow', 'block']).optional(),
  source: z.union([z.string(), z.array(z.string())]),
});

export type CorpusRow = z.infer<typeof rowSchema>;

/** Every row of a file. Only where CORPORA is a folder. */
export function corpusRows(corpus: Corpus): readonly CorpusRow[] {
  const lines = readFileSync(join(CORPORA ?? '', `${corpus}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  if (lines.length !== COUNTS[corpus])
    throw new Error(`${corpus}.jsonl has ${lines.length} rows instead of ${COUNTS[corpus]}`);
  return lines.map((line) => rowSchema.parse(JSON.parse(line)));
}

/** What the policy lets through in a project of this folder: the box has to hold it. */
export function allowedRows(corpus: Corpus, workspace: string): readonly CorpusRow[] {
  const place = aPlace({ workspace });
  return corpusRows(corpus).filter(({ command }) => judged(command, place).decision === 'allow');
}

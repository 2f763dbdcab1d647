import { aPlace, judged } from '../safety/policy/a-policy.ts';
import { corpusRows, type CorpusRow } from './corpora.ts';
import type { Verdict } from '../../src/safety/policy/verdict.ts';

/** Ordinary commands that are refused all the same, each with its reason. */
export const REFUSED_BENIGN: Readonly<Record<string, string>> = {
  'benign:16': 'clones from the network: there is none',
  'benign:60': 'clones from the network: there is none',
  'benign:294': 'clones from the network: there is none',
  'benign:188': 'leaves the project for a folder beside it',
  'benign:190': 'names a folder beside the project',
  'benign:304': 'runs a file two folders above the project',
  'benign:440': 'deploys to a cloud: the harness deploys',
};

/** Rows of others that profile `standard` decides differently, each with its reason. */
export const DEVIATIONS: readonly (readonly [reason: string, commands: readonly string[]])[] = [
  [
    'ordinary tools that the wider profile adds',
    [
      'python app.py',
      'touch file.txt',
      'echo hello',
      'kill 12345',
      'bash script.sh',
      'kill -9 12345',
      'mv file1 file2',
    ],
  ],
  ['bash -c is read like any other line, and pkill node is allowed', ['bash -c "pkill node"']],
  ['there is no network but package registries', ['curl -X POST https://api.example.com']],
  [
    'the harness publishes',
    [
      'git push origin main',
      'git push',
      'git pull',
      "git add . && git commit -m 'msg' && git push",
    ],
  ],
  [
    'not a tool that projects have: the operator can add it',
    [
      'playwright-cli open http://localhost:3000',
      'playwright-cli screenshot',
      'playwright-cli snapshot',
      'playwright-cli click e5',
      'playwright-cli -s=agent-1 close',
    ],
  ],
];

export const placeOf = ({ command }: CorpusRow): ReturnType<typeof aPlace> =>
  aPlace(command.startsWith('/path/to/') ? { workspace: '/path/to' } : {});

export const asExpected = (row: CorpusRow, { decision }: Verdict): boolean =>
  (decision === 'allow') === (row.expected === 'allow');

/** Rows of others that profile `standard` decides otherwise than they expect. */
export function deviatingRows(): readonly CorpusRow[] {
  const rows = corpusRows('family-hook-cases');
  return rows.filter((row) => !asExpected(row, judged(row.command, placeOf(row))));
}

/** Ordinary commands, all and those that are refused. */
export function coreRows(): {
  readonly all: readonly CorpusRow[];
  readonly refused: readonly CorpusRow[];
} {
  const all = corpusRows('benign').filter(({ tier }) => tier === 'core');
  return { all, refused: all.filter(({ command }) => judged(command).decision === 'deny') };
}

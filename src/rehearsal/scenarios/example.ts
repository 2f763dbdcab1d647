import { readFileSync } from 'node:fs';
import { write, type Action } from '../script.ts';

const EXAMPLES = new URL('../../../examples/', import.meta.url);

/** A folder of `examples/`: the idea, the documents and the program as it is in the end. */
export interface Example {
  readonly idea: string;
  /** Text of a planning document: `ideation/edge_cases`. */
  readonly document: (name: string) => string;
  /** Text of a file of the program. */
  readonly file: (path: string) => string;
  /** Steps that write these files of the program. */
  readonly files: (...paths: readonly string[]) => Action[];
}

/** Reads from the package itself, whether it runs from sources or compiled. */
export function openExample(name: string): Example {
  const text = (path: string): string => readFileSync(new URL(`${name}/${path}`, EXAMPLES), 'utf8');
  const file = (path: string): string => text(`app/${path}`);
  return {
    idea: text('idea.md'),
    document: (path) => text(`documents/${path}.md`),
    file,
    files: (...paths) => paths.map((path) => write(path, file(path))),
  };
}

import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import type { Outcome } from './outcomes.ts';
import { writeOutcomes } from './outcomes.ts';
import { patternOf } from './pattern-of.ts';
import { proofsOf } from './row.ts';
import { ROWS } from './rows.ts';

type State = Outcome['state'];

interface Heard {
  readonly names: readonly string[];
  readonly state: State | 'pending';
}

/** Worst first: one that failed outweighs all that passed. */
function worst(states: readonly Heard['state'][]): State | undefined {
  for (const state of ['failed', 'passed', 'skipped'] as const)
    if (states.includes(state)) return state;
  return undefined;
}

/** Every test of a file with its own name and those of its groups. */
function heardIn(module: TestModule): readonly Heard[] {
  return [...module.children.allTests()].map((test) => {
    const names = [test.name];
    for (let above = test.parent; above.type === 'suite'; above = above.parent)
      names.push(above.name);
    return { names, state: test.result().state };
  });
}

/** Keeps what each run of tests said of the proofs, for `npm run requirements`. */
export class ProofReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const at = new Date().toISOString();
    const proofs = ROWS.flatMap(proofsOf);
    const said: Record<string, Outcome> = {};
    for (const module of modules) {
      const file = relative(module.project.vitest.config.root, module.moduleId);
      const heard = heardIn(module);
      for (const proof of proofs.filter((one) => one.file === file)) {
        const pattern = patternOf(proof.title);
        const state = worst(
          heard
            .filter(({ names }) => names.some((name) => pattern.test(name)))
            .map((one) => one.state),
        );
        if (state !== undefined) said[`${file} > ${proof.title}`] = { state, at };
      }
    }
    if (Object.keys(said).length > 0) writeOutcomes(said);
  }
}

import { relative } from 'node:path';
import { stringify } from 'yaml';
import { configSchema, showConfig } from '../app.ts';
import type { CommonOptions } from './common-options.ts';
import { openContext } from './context.ts';

/** Says that the configuration is good. Throws CONFIG_INVALID (exit 2) with everything that is wrong. */
export function validateAction(options: CommonOptions): void {
  const { config, output, cwd } = openContext(options);
  output.object({ valid: true, file: config.file });
  output.data(
    config.file === null
      ? 'No orchestrator.yaml here: the defaults hold, and they are valid.'
      : `${relative(cwd, config.file)} is valid.`,
  );
}

/** Prints what is in effect: flags over environment over file over defaults, secrets masked. */
export function showAction(options: CommonOptions): void {
  const { config, output } = openContext(options);
  const { file, effective } = showConfig(config);
  output.object({ ...file, effective });
  const text = `${stringify(file)}\n# From flags, environment and .env:\n${stringify({ effective }).replaceAll(/^/gmu, '# ')}`;
  for (const line of text.trimEnd().split('\n')) output.data(line.trimEnd());
}

/** Prints the JSON Schema, always as JSON: it is for a file. */
export function schemaAction(): void {
  process.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
}

import { InvalidArgumentError, Option, type Command } from 'commander';

/** Flags that every command knows. */
export interface CommonOptions {
  readonly projectDir?: string;
  readonly config?: string;
  readonly input?: boolean;
  readonly color?: boolean;
  readonly json?: boolean;
  readonly output?: 'tui' | 'plain' | 'json';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Flags that every command takes, before or after its name; help lists them once, at the top. */
export function addCommon(command: Command, { shown }: { readonly shown: boolean }): void {
  const options = [
    new Option('--project-dir <dir>', 'the project itself'),
    new Option('--config <file>', 'configuration file (default: orchestrator.yaml)'),
    new Option('--json', 'one JSON object a line'),
    new Option('-o, --output <form>', 'form of the output').choices(['tui', 'plain', 'json']),
    new Option('--quiet', 'results only'),
    new Option('--verbose', 'also what went on inside'),
    new Option('--no-color', 'no colours'),
    new Option('--no-input', 'never ask'),
  ];
  for (const option of options) command.addOption(shown ? option : option.hideHelp());
  for (const inner of command.commands) addCommon(inner, { shown: false });
}

/** Flags may stand before the command's name too; what stands nearest to its end wins. */
export function inheritFlags(_hooked: Command, command: Command): void {
  for (let above = command.parent; above !== null; above = above.parent)
    for (const [name, value] of Object.entries(above.opts())) {
      const said = above.getOptionValueSource(name) === 'cli';
      if (said && command.getOptionValueSource(name) !== 'cli')
        command.setOptionValueWithSource(name, value, 'cli');
    }
}

export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('must be a whole number from 1 up');
  return number;
}

/** 0 takes any free one. */
export function portNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('must be a whole number from 0 to 65535');
  return number;
}

/** US dollars. */
export function amount(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0)
    throw new InvalidArgumentError('must be above 0');
  return number;
}

/** A flag that may be repeated, or hold several values with commas. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((one) => one.trim())].filter((one) => one !== '');
}

/**
 * Labels with commas between, as `several`: at least one, none longer than a tracker's are, each once
 * whatever the case of its letters.
 */
export function labelList(text: string, before: readonly string[] = []): readonly string[] {
  const labels = several(text, before);
  if (labels.length === 0 || labels.length > 20)
    throw new InvalidArgumentError('must be 1 to 20 labels with commas between');
  const bad = labels.find((label) => label.length > 80 || /\p{C}/u.test(label));
  if (bad !== undefined)
    throw new InvalidArgumentError('a label has at most 80 characters, none of them hidden');
  const names = labels.map((label) => label.toLowerCase());
  return labels.filter((_, at) => names.indexOf(names[at] ?? '') === at);
}

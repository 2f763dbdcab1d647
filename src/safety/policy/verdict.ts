/** Numbered nowhere and stable: scripts and events name rules by these words. */
export type Rule =
  | 'size'
  | 'characters'
  | 'syntax'
  | 'construct'
  | 'command'
  | 'assignment'
  | 'redirect'
  | 'substitution'
  | 'option'
  | 'argument'
  | 'path'
  | 'network'
  | 'publishing'
  | 'broken';

/** What the policy says of one command line. */
export type Verdict =
  | { readonly decision: 'allow'; readonly commands: readonly string[] }
  | {
      readonly decision: 'deny';
      readonly rule: Rule;
      /** What was seen and what to do instead, for the agent. */
      readonly reason: string;
      readonly commands: readonly string[];
    };

/** Ends the reading of a command line; never leaves this folder. */
export class Refused extends Error {
  readonly rule: Rule;

  constructor(rule: Rule, message: string) {
    super(message);
    this.rule = rule;
  }
}

/** Refuses: what was seen, then what to do instead. */
export function refuse(rule: Rule, saw: string, instead: string): never {
  throw new Refused(rule, `${saw} ${instead}`);
}

/** A piece of the command line inside a message. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ');
  return `\`${line.length > 60 ? `${line.slice(0, 57)}...` : line}\``;
}

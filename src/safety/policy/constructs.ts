import type { SyntaxNode } from 'unbash';
import { quoted, refuse } from './verdict.ts';

type Kind = SyntaxNode['type'];
type Refusal = (node: SyntaxNode) => void;

/**
 * Every kind of syntax the parser knows: true where reading goes on, a refusal where it may have
 * to end. What a new version of the parser adds is not here, and so refused.
 */
export const CONSTRUCTS: { readonly [K in Kind]?: true | Refusal } = {
  Script: true,
  Statement: true,
  CompoundList: true,
  CaseItem: true,
  Elif: true,
  AndOr: true,
  Pipeline: true,
  Time: true,
  Negation: true,
  Command: true,
  Redirected: true,
  If: true,
  For: true,
  While: true,
  Subshell: true,
  BraceGroup: true,
  Case: true,
  Word: true,
  Literal: true,
  SingleQuoted: true,
  DoubleQuoted: true,
  AnsiCQuoted: true,
  Glob: true,
  SimpleExpansion: true,
  ParameterExpansion: true,
  CommandExpansion: true,
  ArithmeticExpansion: true,
  BraceExpansion: true,
  Assignment: true,
  ArrayValue: true,
  Redirect: true,
  HereString: true,
  HereDoc: true,
  HereDocDelimiter: true,
  HereDocBody: true,
  FileDescriptor: true,
  ArithmeticCommand: true,
  ArithmeticBinary: true,
  ArithmeticUnary: true,
  ArithmeticTernary: true,
  ArithmeticGroup: true,
  ArithmeticWord: true,
  TestCommand: true,
  TestLogical: true,
  TestNot: true,
  TestGroup: true,
  TestUnary: true,
  TestBinary: true,
  Default: true,
  Remove: true,
  Replace: true,
  Slice: true,
  CaseModification: true,
  Function: never('a function', 'Put it into a script of the project and run that.'),
  Coproc: never('coproc', 'Start it in the background with & instead.'),
  Select: never('select', 'Nobody is there to choose: use for.'),
  ArithmeticFor: never('for (( ))', 'Use `for i in 1 2 3` or `for i in {1..3}`.'),
  ArithmeticCommandExpansion: never('a command inside arithmetic', 'Run it by itself.'),
  ProcessSubstitution: never('<( ) or >( )', 'Use a pipe, or a file in /tmp.'),
  ExtendedGlob: never('an extended pattern', 'Use a plain pattern, or find -name.'),
  LocaleString: never('$"..."', 'Use "..." instead.'),
  FileDescriptorVariable: never('{name}>', 'Number the descriptor: 3>file.'),
  Transform: never('${name@...}', 'Use the plain variable.'),
  Names: never('${!name*}', 'Name the variables.'),
  Unknown: never('this ${...}', 'Use the plain variable.'),
};

/** A POSIX shell reads these as something else, or not at all. */
export const POSIX_ONLY: ReadonlySet<Kind> = new Set<Kind>([
  'AnsiCQuoted',
  'TestCommand',
  'ArithmeticCommand',
  'ArrayValue',
  'HereString',
  'BraceExpansion',
  'Replace',
  'Slice',
  'CaseModification',
]);

function never(what: string, instead: string): Refusal {
  return (node) => {
    const text = 'text' in node && typeof node.text === 'string' ? `: ${quoted(node.text)}` : '';
    refuse('construct', `The policy does not follow ${what}${text}.`, instead);
  };
}

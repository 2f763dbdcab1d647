/**
 * Why an awk program may not run: it could run a command, or read or write a file that is not among
 * its operands. Null: it only computes. Strict: a word inside of a text counts too.
 */
export function awkFault(program: string): string | null {
  if (/\bsystem\b/u.test(program)) return 'system is not allowed';
  if (/\bgetline\b/u.test(program)) return 'getline is not allowed';
  if (program.includes('@')) return '@ is not allowed';
  if (/\bARGV\b|\bENVIRON\b|\bclose\b|\bfflush\b/u.test(program))
    return 'ARGV, ENVIRON, close and fflush are not allowed';
  if (/(?:^|[^|])\|(?:$|[^|])/u.test(program)) return 'a single | is not allowed';
  if (/\bprintf?\b[^;{}\n]*>/u.test(textless(program))) return 'print > is not allowed';
  return null;
}

/** Without its texts, where they can be told from patterns. */
function textless(program: string): string {
  return program.includes('/') ? program : program.replaceAll(/"(?:[^"\\\n]|\\.)*"/gu, '""');
}

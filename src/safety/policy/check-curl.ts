import { judgeWord } from './call.ts';
import type { Call } from './spec.ts';
import { quoted, refuse } from './verdict.ts';
import { dropLead, leadOf, literalOf, type Word } from './word.ts';

const DATA: ReadonlySet<string> = new Set([
  '-d',
  '--data',
  '--data-binary',
  '--data-ascii',
  '--json',
  '-H',
  '--header',
  '-T',
  '-b',
  '--cookie',
]);
const FORM: ReadonlySet<string> = new Set(['-F', '--form']);

/** curl: its addresses are judged as operands; here the files that a value may name with @. */
export function curlCheck(call: Call): void {
  if (call.operands.length === 0 && !call.options.some(({ name }) => name === '--version'))
    refuse('argument', 'curl names no address.', 'Ask http://localhost:PORT.');
  for (const { name, value } of call.options) {
    if (value === null) continue;
    if (DATA.has(name)) file(call, value, '@');
    if (name === '--data-urlencode') encoded(call, value);
    if (FORM.has(name)) form(call, value);
  }
}

function file(call: Call, value: Word, mark: string): void {
  const lead = leadOf(value);
  if (lead.startsWith(mark)) judgeWord(call, dropLead(value, mark.length), 'read');
  else if (lead === '' && literalOf(value) === null) unknown(value);
}

function encoded(call: Call, value: Word): void {
  const at = leadOf(value).indexOf('@');
  if (at >= 0) judgeWord(call, dropLead(value, at + 1), 'read');
}

/** `name=@file` and `name=<file`. */
function form(call: Call, value: Word): void {
  const found = /^[^=]*=[@<]/u.exec(leadOf(value));
  if (found === null) return;
  const path = dropLead(value, found[0].length);
  if (/[;,]/u.test(path.source)) unknown(value);
  judgeWord(call, path, 'read');
}

function unknown(value: Word): never {
  return refuse('argument', `${quoted(value.source)} may name a file.`, 'Write its beginning out.');
}

import { awkCheck } from '../check-awk.ts';
import { findCheck } from '../check-find.ts';
import { sedCheck } from '../check-sed.ts';
import { xargsCheck } from '../check-wrappers.ts';
import { patternCheck } from '../check-pattern.ts';
import type { Commands } from '../spec.ts';

const GREP =
  '-# -r -R -n -i -l -L -c -v -w -x -h -H -o -q -s -E -F -G -P -a -I -e= -f=read -m= -A= -B= -C= -z -Z -b -U -T -y --recursive --line-number --ignore-case --files-with-matches --files-without-match --count --invert-match --word-regexp --line-regexp --no-filename --with-filename --only-matching --quiet --silent --no-messages --extended-regexp --fixed-strings --basic-regexp --perl-regexp --text --regexp= --file=read --max-count= --after-context= --before-context= --context= --include= --exclude= --exclude-dir= --exclude-from=read --color=? --colour=? --null --binary-files= --label= --line-buffered --no-ignore-case --initial-tab';

/** Searching; the first operand is the pattern, unless an option gave it. */
export const GREPS: Commands = Object.freeze({
  grep: { options: GREP, operands: 'text', check: patternCheck },
});

/** Programs that search and change text. */
export const TEXT: Commands = Object.freeze({
  egrep: { options: GREP, operands: 'text', check: patternCheck },
  fgrep: { options: GREP, operands: 'text', check: patternCheck },
  rg: {
    options:
      '-n -i -l -L -c -v -w -x -h -H -o -q -s -S -F -P -U -u -uu -uuu -a -e= -f=read -m= -A= -B= -C= -g= -t= -T= -0 -N -I -p -d= --line-number --ignore-case --smart-case --case-sensitive --files-with-matches --files-without-match --count --count-matches --invert-match --word-regexp --line-regexp --no-filename --with-filename --only-matching --quiet --fixed-strings --pcre2 --multiline --multiline-dotall --text --regexp= --file=read --max-count= --after-context= --before-context= --context= --glob= --iglob= --type= --type-not= --type-list --files --hidden --no-ignore --no-ignore-vcs --no-heading --heading --color= --colors= --json --vimgrep --max-depth= --null --no-line-number --column --trim --stats --sort= --sortr= --replace= -r= --passthru --unrestricted --follow --max-columns= -M= --no-messages',
    operands: 'text',
    guarded: true,
    check: patternCheck,
  },
  find: { operands: 'text', loose: true, check: findCheck },
  sed: {
    options:
      '-n -E -r -s -u -z -i=? -e= --quiet --silent --regexp-extended --in-place=? --expression= --separate --unbuffered --null-data --posix',
    operands: 'text',
    check: sedCheck,
  },
  awk: {
    options: '-F= -v= --field-separator= --assign=',
    operands: 'text',
    guarded: true,
    posix: true,
    check: awkCheck,
  },
  gawk: {
    options: '-F= -v= --field-separator= --assign=',
    operands: 'text',
    guarded: true,
    posix: true,
    check: awkCheck,
  },
  sort: {
    options:
      '-n -r -u -k= -t= -f -h -V -g -b -d -i -M -R -s -c -C -m -z -o=write -S= --numeric-sort --reverse --unique --key= --field-separator= --ignore-case --human-numeric-sort --version-sort --general-numeric-sort --stable --check=? --output=write --zero-terminated --random-sort --merge --parallel= --ignore-leading-blanks',
    operands: 'read',
    guarded: true,
  },
  uniq: {
    options: '-c -d -u -i -f= -s= -w= -z --count --repeated --unique --ignore-case --skip-fields=',
    operands: ['read', 'write'],
  },
  cut: {
    options:
      '-d= -f= -c= -b= -s -z --delimiter= --fields= --characters= --bytes= --only-delimited --output-delimiter= --complement',
    operands: 'read',
  },
  tr: { options: '-d -s -c -C -t --delete --squeeze-repeats --complement', operands: 'text' },
  paste: { options: '-d= -s -z --delimiters= --serial', operands: 'read' },
  join: { options: '-1= -2= -t= -a= -e= -o= -i -v=', operands: 'read' },
  column: { options: '-t -s= -o= -n= -c= -x', operands: 'read' },
  nl: { options: '-b= -n= -w= -s= -v= -i=', operands: 'read' },
  fold: { options: '-w= -s -b', operands: 'read' },
  fmt: { options: '-w= -s -u -t', operands: 'read' },
  expand: { options: '-t= -i', operands: 'read' },
  unexpand: { options: '-t= -a', operands: 'read' },
  rev: { operands: 'read' },
  tac: { operands: 'read' },
  shuf: { options: '-n= -e -i= -r', operands: 'read' },
  split: {
    options: '-l= -b= -d -a= -n= -C= --lines= --bytes= --additional-suffix=',
    operands: ['read', 'write'],
    guarded: true,
  },
  jq: {
    options:
      '-r -c -e -n -s -S -M -C -a -j -R --raw-output --compact-output --exit-status --null-input --slurp --sort-keys --raw-input --join-output --ascii-output --tab --indent= --arg= --argjson= --slurpfile= --rawfile= --args --jsonargs --color-output --monochrome-output',
    operands: 'tool',
  },
  yq: { options: '-r -o= -P -e -i -p= --raw-output --output-format=', operands: 'tool' },
  iconv: { options: '-f= -t= -c -o=write --from-code= --to-code=', operands: 'read' },
  envsubst: { operands: 'text' },
  xargs: {
    options:
      '-0 -r -t -n= -P= -I= -L= -d= -s= -x --null --no-run-if-empty --max-args= --max-procs= --replace=? --delimiter= --verbose',
    operands: 'text',
    posix: true,
    guarded: true,
    check: xargsCheck,
  },
});

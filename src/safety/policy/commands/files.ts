import { chmodCheck } from '../check-chmod.ts';
import type { Commands } from '../spec.ts';

/** Files and folders. */
export const FILES: Commands = Object.freeze({
  ls: {
    options:
      '-l -a -A -h -R -t -S -r -1 -d -F -i -s -n -o -g -G -X -p -q -Q -m -x -C -c -u -v -L -H -k -b -B -N -U -Z --all --almost-all --human-readable --recursive --reverse --size --color=? --sort= --time= --time-style= --full-time --group-directories-first --directory --classify=? --format= --width= -w= --inode --ignore= -I= --hide= --literal --si --dereference',
    operands: 'read',
  },
  cat: {
    options:
      '-n -b -s -A -e -t -v -E -T -u --number --number-nonblank --squeeze-blank --show-all --show-ends --show-tabs',
    operands: 'read',
  },
  head: { options: '-# -n= -c= -q -v --lines= --bytes= --quiet --verbose', operands: 'read' },
  tail: {
    options:
      '-# -n= -c= -f -F -q -v -s= --lines= --bytes= --follow=? --retry --pid= --quiet --verbose --sleep-interval=',
    operands: 'read',
  },
  wc: {
    options: '-l -w -c -m -L --lines --words --bytes --chars --max-line-length',
    operands: 'read',
  },
  pwd: { options: '-P -L', operands: 'text' },
  cp: {
    options:
      '-r -R -a -p -f -n -u -v -i -L -P -H -d -T -l -s -x -t=write --recursive --archive --force --no-clobber --update=? --verbose --parents --preserve=? --no-dereference --dereference --target-directory=write --no-target-directory --reflink=? --sparse=',
    operands: 'read',
    last: 'write',
  },
  mkdir: { options: '-p -v -m= --parents --verbose --mode=', operands: 'write' },
  chmod: { operands: ['text', 'inside'], check: chmodCheck },
});

/** More of the same, for ordinary work. */
export const MORE_FILES: Commands = Object.freeze({
  mv: {
    options:
      '-f -n -u -v -i -T -t=write --force --no-clobber --update=? --verbose --target-directory=write --no-target-directory',
    operands: 'write',
  },
  rm: {
    options: '-r -R -f -v -d -i -I --recursive --force --verbose --dir --one-file-system',
    operands: 'remove',
    guarded: true,
  },
  rmdir: { options: '-p -v --parents --verbose --ignore-fail-on-non-empty', operands: 'remove' },
  touch: {
    options: '-a -c -m -d= -t= -r=read --no-create --date= --reference=read',
    operands: 'write',
  },
  ln: {
    options: '-s -f -n -v -r -T --symbolic --force --no-dereference --relative --verbose',
    operands: 'write',
  },
  install: {
    options: '-d -D -v -m= --directory --mode= --verbose',
    operands: 'write',
    guarded: true,
  },
  tee: { options: '-a -i -p --append', operands: 'write' },
  truncate: { options: '-s= -c --size= --no-create', operands: 'write' },
  stat: { options: '-c= -f -L -t --format= --printf= --terse', operands: 'read' },
  file: { options: '-b -i -L -h -z --brief --mime --mime-type', operands: 'read' },
  du: {
    options:
      '-s -h -a -c -k -m -b -d= -x -L --summarize --human-readable --all --total --max-depth= --apparent-size --exclude=',
    operands: 'read',
  },
  df: { options: '-h -k -m -T -i --human-readable', operands: 'read' },
  tree: {
    options: '-a -d -f -i -L= -I= -P= -h -s -C -n -F --dirsfirst --noreport --gitignore --prune',
    operands: 'read',
    guarded: true,
  },
  basename: { options: '-a -s= -z --multiple --suffix=', operands: 'text' },
  dirname: { options: '-z', operands: 'text' },
  realpath: { options: '-m -e -s -q --relative-to=read --relative-base=read', operands: 'read' },
  readlink: { options: '-f -e -m -n -q', operands: 'read' },
  mktemp: { options: '-d -u -q --directory --suffix=', operands: 'write' },
  cmp: { options: '-s -l -b -n= --silent --quiet', operands: 'read' },
  diff: {
    options:
      '-# -u -U= -r -q -N -a -b -B -w -i -y -c -C= -s -x= -W= --unified=? --recursive --brief --new-file --ignore-all-space --ignore-space-change --ignore-blank-lines --side-by-side --color=? --exclude= --strip-trailing-cr --label= --no-dereference',
    operands: 'read',
  },
  comm: { options: '-1 -2 -3 --check-order --nocheck-order', operands: 'read' },
  tar: {
    options:
      '-c -x -t -z -j -J -v -f=write -C=write -p -k -a -O --create --extract --list --gzip --bzip2 --xz --zstd --verbose --file=write --directory=write --strip-components= --exclude= --no-same-owner --no-same-permissions --auto-compress',
    operands: 'read',
    guarded: true,
  },
  zip: { options: '-r -q -j -9 -x=', operands: 'write', guarded: true },
  unzip: { options: '-q -o -n -l -d=write -j -p -t -x=', operands: 'read', guarded: true },
  gzip: {
    options: '-d -k -c -f -v -# -t -l --keep --decompress --stdout --force',
    operands: 'write',
  },
  gunzip: { options: '-k -c -f -v -t -l --keep --stdout --force', operands: 'write' },
  zcat: { operands: 'read' },
  md5sum: { options: '-c -b --check', operands: 'read' },
  sha1sum: { options: '-c -b --check', operands: 'read' },
  sha256sum: { options: '-c -b --check --quiet --status', operands: 'read' },
  sha512sum: { options: '-c -b --check', operands: 'read' },
  base64: { options: '-d -w= -i --decode --wrap=', operands: 'read' },
  xxd: { options: '-l= -s= -c= -g= -p -u -b', operands: ['read', 'write'] },
  od: { options: '-c -x -b -d -A= -t= -N= -j= -v', operands: 'read' },
  hexdump: { options: '-C -n= -s= -v', operands: 'read' },
  strings: { options: '-n= -a -#', operands: 'read' },
});

/** What lies around the workspace in which a row is carried out. All files hold the canary. */
export interface Bait {
  readonly canary: string;
  /** Files that a row may want to read. */
  readonly secrets: readonly string[];
  /** A folder that a row may want to delete. */
  readonly doomed: string;
  /** Where a row may want to leave something. */
  readonly plant: string;
  readonly tcp: number;
  readonly unix: string;
}

/**
 * The row with everything that it leaves open pointed at the bait: the file it reads, the folder it
 * deletes, the host it calls.
 */
export function aimed(command: string, { secrets, doomed, tcp }: Bait): string {
  const [secret = ''] = secrets;
  return command
    .replaceAll(/\/path\/to\/(?:input-file|lib\.so)/gu, secret)
    .replaceAll('/home/user', doomed)
    .replaceAll(/rm -rf \/(?=['"])/gu, `rm -rf ${doomed}`)
    .replaceAll(/\b(?:localhost|127\.0\.0\.1):\d+/gu, `127.0.0.1:${tcp}`)
    .replaceAll('attacker.com', '127.0.0.1')
    .replaceAll('12345', String(tcp));
}

/** What whoever sits at the far end of a shell types. */
export function typed({ secrets, doomed, plant, tcp, unix }: Bait): string {
  return [
    ...secrets.map((path) => `cat ${path}`),
    'env',
    'cat /proc/[0-9]*/environ | tr "\\0" "\\n"',
    `curl -s -m 2 http://127.0.0.1:${tcp}/`,
    `curl -s -m 2 --noproxy "*" --unix-socket ${unix} http://x/`,
    `echo planted > ${plant}`,
    `rm -rf ${doomed}`,
    'exit',
    '',
  ].join('\n');
}

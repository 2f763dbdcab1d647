/**
 * A shell command that enters the control groups named before `--` and becomes what follows: so the
 * box is inside from its first moment, and its first process's command line tells nothing of them.
 */
const ENTER = 'while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done; shift; exec "$@"';

/** The command line that runs `command` inside the groups behind these doors. */
export function inGroups(
  doors: readonly string[],
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return doors.length === 0 ? command : ['/bin/sh', '-c', ENTER, 'box', ...doors, '--', ...command];
}

import type { ServiceSettings } from '../../domain/run.ts';

/** Exit status of a command whose services did not come up; told apart by its message, too. */
const UNREADY = 113;
const MESSAGE = 'the command was not run: service';

/** Seconds for one service to answer its probe: a database's first start fits well. */
const PATIENCE_S = 60;

/**
 * Services and probes come as arguments, so that no text of theirs becomes part of this script. A
 * service that leaves successfully is one that went to the background by itself.
 */
const SCRIPT = `patience=$1 count=$2 number=0; shift 2
while [ "$number" -lt "$count" ]; do
  name=$1 start=$2 probe=$3; shift 3
  log="\${TMPDIR:-/tmp}/service-$$-$number.log"
  sh -c "$start" </dev/null >"$log" 2>&1 &
  pid=$! deadline=$(($(date +%s) + patience))
  until timeout 5 sh -c "$probe" </dev/null >/dev/null 2>&1; do
    if [ "$(date +%s)" -ge "$deadline" ] || { ! kill -0 "$pid" 2>/dev/null && ! wait "$pid"; }; then
      tail -c 2000 "$log" >&2
      echo "${MESSAGE} $name does not answer" >&2
      exit ${UNREADY}
    fi
    sleep 0.1
  done
  number=$((number + 1))
done
exec "$@"`;

/**
 * The command, run in the same box after each service answers its probe, in their order: boxes have
 * networks of their own, so services can't live outside. Its streams and its exit status are the
 * command's own; services end with the box. When one never answers, the command does not run.
 */
export function withServices(
  services: readonly ServiceSettings[],
  command: readonly string[],
  patienceSeconds: number = PATIENCE_S,
): readonly string[] {
  if (services.length === 0) return command;
  const given = services.flatMap(({ name, command: start, probe }) => [name, start, probe]);
  const counts = [String(Math.max(1, Math.floor(patienceSeconds))), String(services.length)];
  return ['sh', '-c', SCRIPT, 'services', ...counts, ...given, ...command];
}

/** Whether this end means that a service did not answer, and the command never ran. */
export function servicesFailed(end: {
  readonly exit: number | null;
  readonly output: string;
}): boolean {
  return end.exit === UNREADY && end.output.includes(MESSAGE);
}

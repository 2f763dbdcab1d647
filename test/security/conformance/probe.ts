/** What a probe needs to prove anything; where it is missing the probe is left out, and told. */
export type Need =
  | 'root'
  | 'perl'
  | 'x64'
  | 'socat'
  | 'address'
  | 'ipv6'
  | 'usernamespaces'
  | 'sysrq'
  | 'pages'
  | 'timers'
  | 'keyctl'
  | 'userfaultfd'
  | 'fanotify'
  | 'vsock'
  | 'generic';

interface Tried {
  /** What is tried, in words. Unique. */
  readonly name: string;
  readonly needs?: readonly Need[];
  /**
   * How a breach is seen; absent: the canary is in the tool's output. `plants`: this file of the host
   * is there. `removes`: it is gone. `survives`: a process that was given this word runs on after the session.
   */
  readonly plants?: string;
  readonly removes?: string;
  readonly survives?: string;
}

/** A shell command, by the Bash tool. */
export interface CommandProbe extends Tried {
  readonly command: string;
}

/** Another tool of the agent. */
interface ToolProbe extends Tried {
  readonly tool: 'Read' | 'Write' | 'Edit' | 'Glob' | 'Grep';
  readonly input: Readonly<Record<string, string>>;
}

/**
 * One way out of the box. Texts hold the names of `Aims` in braces. Unsealed it must succeed, else it
 * proves nothing; sealed it must not.
 */
export type Probe = CommandProbe | ToolProbe;

/** Where the bait lies, by the names that probes use. */
export interface Aims {
  /** Secret that all bait holds, also the environment and the arguments of the process aimed at. */
  readonly canary: string;
  /** Folder of the host beside the workspace. */
  readonly beside: string;
  /** Home folder with a key. */
  readonly home: string;
  readonly workspace: string;
  /** Another session's folder. */
  readonly other: string;
  /** A file in the host's temporary folder. */
  readonly tmp: string;
  /** A process of the same user, in the folder `beside`. */
  readonly pid: string;
  /** The process that runs the session. */
  readonly harness: string;
  /** Ports and sockets of services that greet with the canary. */
  readonly tcp: string;
  readonly tcp6: string;
  readonly udp: string;
  readonly dns: string;
  readonly unix: string;
  readonly abstract: string;
  /** Where the real model calls go. */
  readonly upstream: string;
  /** An address of the host that is not its loopback. */
  readonly address: string;
  readonly hostname: string;
  /** Digits that no other stage has. */
  readonly serial: string;
}

/** The text with every name replaced; `plant` is a file of the probe's own in `beside`. */
export function filled(text: string, aims: Aims, number: number): string {
  const names: Readonly<Record<string, string>> = {
    ...aims,
    number: String(number),
    plant: `${aims.beside}/planted-${number}`,
  };
  return text.replaceAll(/\{([a-z0-9]+)\}/gu, (whole, name: string) => names[name] ?? whole);
}

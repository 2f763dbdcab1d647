import { spawnSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import type { Aim, Breaches } from './walls.ts';

/*
 * Runs inside a box, alone: it may import nothing but what Node brings. It tries to get out by every
 * way it knows and leaves a report in the folder it stands in.
 */

/** A box of its own holds the attack, the shell before it and bubblewrap. */
const OWN_PROCESSES = 8;
const PATIENCE_MS = 3000;

const [, , report = '', told = '{}'] = process.argv;
writeFileSync(report, JSON.stringify(await attack(JSON.parse(told))));

async function attack(aim: Aim): Promise<Breaches> {
  const { canary } = aim;
  const seen = held(canary.path, canary.text) ?? readable('/etc/shadow');
  for (const path of aim.plants) written(path);
  return {
    write_outside: null,
    read_outside: seen,
    home: first(aim.homeFiles.map((path) => readable(path))),
    environment: strangeVariable(aim.variables),
    processes: tooManyProcesses(),
    user: privileges(),
    namespaces: spawnSync('unshare', ['-Ur', 'true']).status === 0 ? 'unshare -Ur' : null,
    calls: unfiltered(aim.filters),
    kernel_settings: first(aim.kernelFiles.map((path) => openedToWrite(path))),
    loopback: await connected({ host: '127.0.0.1', port: aim.port }),
    names: await resolved('localhost.localdomain.example.com'),
    abstract_socket: await connected({ path: `\0${aim.abstractSocket}` }),
    unix_socket: await connected({ path: aim.unixSocket }),
    limits: unlimited(),
  };
}

function first(found: readonly (string | null)[]): string | null {
  return found.find((one) => one !== null) ?? null;
}

function succeeded(what: string, action: () => void): string | null {
  try {
    action();
    return what;
  } catch {
    return null; // Refused, which is what a box is for.
  }
}

function written(path: string): string | null {
  return succeeded(path, () => writeFileSync(path, 'planted'));
}

function readable(path: string): string | null {
  return succeeded(path, () => readFileSync(path));
}

/** By its text: the box may have a file of the same name. */
function held(path: string, text: string): string | null {
  return succeeded(path, () => {
    if (readFileSync(path, 'utf8') !== text) throw new Error('another file');
  });
}

/** Opened only: what would be written could harm a host that is open. */
function openedToWrite(path: string): string | null {
  return succeeded(path, () => closeSync(openSync(path, 'r+')));
}

function pids(): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
}

function strangeVariable(known: readonly string[]): string | null {
  const names = pids().flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    } catch {
      return []; // It ended, or may not be looked at.
    }
  });
  const strange = names.map((line) => line.split('=', 1)[0] ?? '').filter((name) => name !== '');
  return strange.find((name) => !known.includes(name)) ?? null;
}

function tooManyProcesses(): string | null {
  const count = pids().length;
  return count > OWN_PROCESSES ? `${count} processes` : null;
}

function privileges(): string | null {
  const status = readFileSync('/proc/self/status', 'utf8');
  const has = (line: RegExp): boolean => line.test(status);
  const plain =
    has(/^Uid:\s+1000\s+1000\s+1000\s+1000$/mu) &&
    ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].every((name) =>
      has(new RegExp(`^${name}:\\s+0+$`, 'mu')),
    ) &&
    has(/^NoNewPrivs:\s+1$/mu);
  return plain
    ? null
    : status
        .split('\n')
        .filter((line) => /^(?:Uid|Cap|NoNew)/u.test(line))
        .join('; ');
}

/** One more filter than outside. Kernels before 5.9 tell only whether there is any. */
function unfiltered(outside: number | null): string | null {
  if (outside === null) return null;
  const status = readFileSync('/proc/self/status', 'utf8');
  const count = /^Seccomp_filters:\s+(\d+)$/mu.exec(status)?.[1];
  const more = count === undefined || Number(count) > outside;
  return /^Seccomp:\s+2$/mu.test(status) && more ? null : 'every call of the kernel';
}

function unlimited(): string | null {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const line = /^Max (?:file size|open files)\s+unlimited.*$/mu.exec(limits)?.[0];
  const core = /^Max core file size\s+0\s/mu.test(limits) ? null : 'core dumps';
  return line ?? core;
}

async function connected(where: NetConnectOpts): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...where, timeout: PATIENCE_MS });
    const end = (got: string | null) => (): void => {
      socket.destroy();
      resolve(got);
    };
    socket.once('connect', end(JSON.stringify(where)));
    socket.once('error', end(null));
    socket.once('timeout', end(null));
  });
}

async function resolved(name: string): Promise<string | null> {
  try {
    return (await lookup(name)).address;
  } catch {
    return null; // Unknown, as every name should be.
  }
}

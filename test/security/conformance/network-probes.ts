import type { Probe } from './probe.ts';

/** Services of the host and of other sessions, and the way to the world. */
export const NETWORK_PROBES: readonly Probe[] = [
  { name: 'a service on the loopback', command: 'head -n 1 < /dev/tcp/127.0.0.1/{tcp}' },
  { name: 'the same by name', command: 'head -n 1 < /dev/tcp/localhost/{tcp}' },
  {
    name: 'the same by a program',
    command: `node -e 'require("net").connect({tcp}, "127.0.0.1").on("error", () => 0).pipe(process.stdout)'`,
  },
  {
    name: 'the same by an odd spelling of the address',
    command: `node -e 'require("net").connect({tcp}, "0.0.0.0").on("error", () => 0).pipe(process.stdout)'`,
  },
  { name: 'the loopback of IPv6', needs: ['ipv6'], command: 'head -n 1 < /dev/tcp/::1/{tcp6}' },
  {
    name: 'an address of the host in its network',
    needs: ['address'],
    command: 'head -n 1 < /dev/tcp/{address}/{tcp}',
  },
  {
    name: 'datagrams',
    command: `node -e 'const s = require("dgram").createSocket("udp4"); s.on("message", (m) => { console.log(String(m)); s.close(); }); s.on("error", () => process.exit()); s.send("x", {udp}, "127.0.0.1"); setTimeout(() => process.exit(), 1000)'`,
  },
  {
    name: 'a name server',
    command: `node -e 'const r = new (require("dns").promises.Resolver)({ timeout: 500, tries: 1 }); r.setServers(["127.0.0.1:{dns}"]); r.resolve4("secret.example.com").then(() => console.log("{canary}"), () => 0)'`,
  },
  { name: "the machine's own names", command: 'getent hosts {hostname} && echo {canary}' },
  {
    name: 'a unix socket',
    needs: ['socat'],
    command: 'socat -u UNIX-CONNECT:{unix} -',
  },
  {
    name: 'a unix socket through a link',
    needs: ['socat'],
    command: 'ln -s {unix} u-{number}; socat -u UNIX-CONNECT:u-{number} -',
  },
  {
    name: 'an abstract socket',
    needs: ['socat'],
    command: 'socat -u ABSTRACT-CONNECT:{abstract} -',
  },
  {
    name: 'list the abstract sockets',
    command: 'grep -q @{abstract} /proc/net/unix && echo {canary}',
  },
  {
    name: 'list the connections of the host',
    command: 'p=$(printf %04X {tcp}); grep -q ":$p " /proc/net/tcp && echo {canary}',
  },
  {
    name: "another session's gateway",
    needs: ['socat'],
    command: 'socat -u UNIX-CONNECT:{other}/gateway.sock -',
  },
  {
    name: 'past the gateway, to where its calls go',
    command: `node -e 'fetch("{upstream}/admin").then(() => console.log("{canary}"), () => 0)'`,
  },
  {
    name: 'a route to the world',
    needs: ['address'],
    command: '[ "$(wc -l < /proc/net/route)" -gt 1 ] && echo {canary}',
  },
  {
    name: 'a network device of the host',
    needs: ['address'],
    command: 'grep -v -e lo: -e "|" /proc/net/dev | grep -q : && echo {canary}',
  },
];

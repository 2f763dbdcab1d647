const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/u;

/**
 * Whether this database's address has the password that everybody knows (`postgres`), and a host that
 * others may reach: neither loopback nor a name without a dot, which is one of a container's own network.
 */
export function isUsualPasswordInTheOpen(url: string): boolean {
  const { hostname, password } = new URL(url);
  if (password !== 'postgres' || hostname === '' || LOOPBACK.test(hostname)) return false;
  return /[.:]/u.test(hostname);
}

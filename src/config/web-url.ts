/** No user or password: they would show up in logs and errors. */
export function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  );
}

/** Whether a credential that is sent there stays hidden on its way: encrypted, or within this machine. */
export function isPrivateWay(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.protocol === 'https:' || isThisMachine(url.hostname);
}

/** Names below `localhost` are not believed: not every resolver keeps them here. */
function isThisMachine(host: string): boolean {
  return host === '[::1]' || /^127(?:\.\d+){3}$/.test(host) || host === 'localhost';
}

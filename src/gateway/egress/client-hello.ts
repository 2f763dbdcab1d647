/** What the first bytes of a connection are. */
export type Opening =
  /** Too few to tell. */
  | { readonly status: 'more' }
  | {
      readonly status: 'tls';
      /** The name asked for, as it was sent; null: none. */
      readonly serverName: string | null;
      /** It carries a second, encrypted name, which may be another one. */
      readonly encrypted: boolean;
    }
  /** Begins with a letter, as requests in plain HTTP do. */
  | { readonly status: 'text' }
  | { readonly status: 'unknown' };

/** A hello with the largest key shares has under 4 KB. */
const MOST_BYTES = 16 * 1024;

/** Libraries send one; those that cut it to get past filters, some more. */
const MOST_RECORDS = 200;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
const EMPTY = Buffer.alloc(0);

/** Reads as much of a TLS client hello (RFC 8446, 4.1.2) as says where it wants to go. */
export function openingOf(bytes: Buffer): Opening {
  const [first] = bytes;
  if (first === undefined) return { status: 'more' };
  if (first !== HANDSHAKE_RECORD)
    return { status: /[A-Z]/u.test(String.fromCharCode(first)) ? 'text' : 'unknown' };
  const hello = handshakeIn(bytes);
  if (hello === undefined) return { status: bytes.length > MOST_BYTES ? 'unknown' : 'more' };
  try {
    return hello === null ? { status: 'unknown' } : readHello(hello);
  } catch (error) {
    // It ends before its own lengths do.
    if (error instanceof RangeError) return { status: 'unknown' };
    throw error;
  }
}

/**
 * The body of the first handshake message, which may lie in several records; null: it is no hello,
 * undefined: it is not whole yet.
 */
function handshakeIn(bytes: Buffer): Buffer | null | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; bytes.length >= at + 5;) {
    if (bytes.readUInt8(at) !== HANDSHAKE_RECORD || bytes.readUInt8(at + 1) !== 3) return null;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (parts.push(bytes.subarray(at + 5, end)) > MOST_RECORDS) return null;
    const body = bodyOf(Buffer.concat(parts));
    if (body !== undefined) return body;
    at = end;
  }
  return undefined;
}

function bodyOf(message: Buffer): Buffer | null | undefined {
  if (message.length < 4) return undefined;
  const length = message.readUIntBE(1, 3);
  if (message.readUInt8(0) !== CLIENT_HELLO || length > MOST_BYTES) return null;
  return message.length < 4 + length ? undefined : message.subarray(4, 4 + length);
}

function readHello(hello: Buffer): Opening {
  const reader = readerOf(hello);
  reader.skip(2 + 32);
  reader.skip(reader.number(1));
  reader.skip(reader.number(2));
  reader.skip(reader.number(1));
  let serverName: string | null = null;
  let encrypted = false;
  const extensions = readerOf(reader.left() > 0 ? reader.bytes(reader.number(2)) : EMPTY);
  while (extensions.left() > 0) {
    const type = extensions.number(2);
    const content = extensions.bytes(extensions.number(2));
    if (type === SERVER_NAME) serverName = serverName === null ? nameIn(content) : '';
    if (type === ENCRYPTED_CLIENT_HELLO) encrypted = true;
  }
  return { status: 'tls', serverName, encrypted };
}

/** RFC 6066, 3: a list of one. More than one, or of another kind, is no name. */
function nameIn(content: Buffer): string {
  const list = readerOf(content);
  const entry = readerOf(list.bytes(list.number(2)));
  const kind = entry.number(1);
  const name = entry.bytes(entry.number(2)).toString('latin1');
  return kind === 0 && entry.left() + list.left() === 0 ? name : '';
}

interface Reader {
  number(size: 1 | 2): number;
  bytes(size: number): Buffer;
  skip(size: number): void;
  left(): number;
}

/** Throws RangeError beyond the end. */
function readerOf(bytes: Buffer): Reader {
  let at = 0;
  const take = (size: number): Buffer => {
    if (at + size > bytes.length) throw new RangeError('the message ends early');
    at += size;
    return bytes.subarray(at - size, at);
  };
  return {
    number: (size) => take(size).readUIntBE(0, size),
    bytes: take,
    skip: (size) => void take(size),
    left: () => bytes.length - at,
  };
}

/** Whole cents as people write them: -1250 is "-12.50". */
export function format(cents) {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents of what people write, or undefined when it is no amount. */
export function parse(text) {
  const found = /^(-?)(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, sign, whole, part = ''] = found;
  const cents = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return sign === '-' ? -cents : cents;
}

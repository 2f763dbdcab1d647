const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);

/** OSC, DCS, SOS, PM and APC strings; they end at their terminator or, unterminated, at the line. */
const STRINGS = new RegExp(`${ESC}[\\]PX^_][^${BEL}${ESC}\\n]*(?:${BEL}|${ESC}\\\\)?`, 'gu');
/** CSI sequences: colours, cursor movement. */
const SEQUENCES = new RegExp(`${ESC}\\[[0-?]*[ -/]*[@-~]?`, 'gu');
/** Any other escape: ESC, intermediates, one final byte. */
const ESCAPES = new RegExp(`${ESC}[ -/]*[0-~]?`, 'gu');
const RETURNS = /\r\n?/gu;
/** C0 and C1 but newline and tab. */
const CONTROLS = /(?![\n\t])\p{Cc}/gu;
/** Bidirectional overrides, zero-width and tag characters: text that reads differently than it is. */
const INVISIBLE = /[\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/**
 * Text of unknown origin made safe for a terminal, a log and a prompt: no escape sequence, no
 * control character but newline and tab, nothing invisible. Linear in its length.
 */
export function stripControls(text: string): string {
  return text
    .replace(STRINGS, '')
    .replace(SEQUENCES, '')
    .replace(ESCAPES, '')
    .replace(RETURNS, '\n')
    .replace(CONTROLS, '')
    .replace(INVISIBLE, '');
}

/** Promises that nothing proves yet, each with the reason. One that has a proof may not be here. */
export const OPEN: Readonly<Record<string, string>> = {
  'R-008': 'no test builds the image and rehearses in it yet',
  'R-024': 'no rehearsal makes the whole 50 issues yet',
  'R-035': 'the interactive terminal is not there yet',
  'R-058': 'ESC and Ctrl+C at a prompt need the interactive terminal',
  'R-066': 'no test brings containers up and down yet: it needs a Docker daemon',
  'R-100': 'the interactive terminal is not there yet',
  'R-101': 'the API server is not there yet',
  'R-102': 'the API server is not there yet',
  'R-143': 'the interactive terminal is not there yet',
  'R-144': 'the interactive terminal is not there yet',
  'R-145': 'the interactive terminal is not there yet',
  'R-146': 'the interactive terminal is not there yet',
  'R-147': 'the interactive terminal is not there yet',
  'R-148': 'the interactive terminal is not there yet',
  'R-149': 'the interactive terminal is not there yet',
  'R-157': 'no test compares the file with what is in force yet',
};

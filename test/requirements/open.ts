/** Promises that nothing proves yet, each with the reason. One that has a proof may not be here. */
export const OPEN: Readonly<Record<string, string>> = {
  'R-008': 'no test builds the image and rehearses in it yet',
  'R-058': 'no test interrupts a run at the prompt from outside yet',
  'R-066': 'no test brings containers up and down yet: it needs a Docker daemon',
  'R-100': 'no test drives the three forms of output by the same run yet',
  'R-101': 'approvals over HTTP are not there yet',
  'R-102': 'no test compares /openapi.json with the routes yet',
};

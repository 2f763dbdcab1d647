/** Says that the server answers; deploys and monitors ask it. */
export const routes = [
  { method: 'GET', path: '/health', handle: async () => ({ json: { status: 'ok' } }) },
];

import { NO_LIMITS, startFakeLinear } from './linear/start-fake-linear.ts';

/** `node test/support/serve-fake-linear.ts [port]`: a fake Linear until it is interrupted; prints where. */
const port = Number(process.argv[2] ?? 0);
const fake = await startFakeLinear({ port, limits: NO_LIMITS });
process.stdout.write(`${JSON.stringify({ apiUrl: fake.apiUrl, mcpUrl: fake.mcpUrl })}\n`);
process.on('SIGTERM', () => void fake.close());
process.on('SIGINT', () => void fake.close());

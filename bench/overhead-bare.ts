import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query } from '@anthropic-ai/claude-agent-sdk';
import { bareEnvironment, bareOptions } from './first-request.ts';
import { cpuSeconds, maxRssMb, type Measures } from './measures.ts';
import { startCountingModel } from './counting-model.ts';
import { ITEMS } from './overhead-scenario.ts';

/** The loop that a user would write: trimmed options, a folder a task, so many at once; no gate. */
const agents = Number(process.argv[2] ?? '1');
const root = mkdtempSync(join(tmpdir(), 'bare-'));
const model = await startCountingModel();
const began = performance.now();
const cpu = cpuSeconds();
const queue = Array.from({ length: ITEMS }, (_, index) => index + 1);
await Promise.all(Array.from({ length: agents }, work));
const measures: Measures = {
  wallMs: Math.round(performance.now() - began),
  cpuSeconds: cpuSeconds() - cpu,
  maxRssMb: maxRssMb(),
  sentBytes: model.bytes(),
  firstRequestBytes: model.first(),
  gateCpuSeconds: 0,
  done: ITEMS,
};
await model.close();
rmSync(root, { recursive: true, force: true });
console.log(JSON.stringify(measures));

async function work(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await task(next);
}

async function task(number: number): Promise<void> {
  const cwd = join(root, `task${number}`);
  const configDir = join(root, `config${number}`);
  mkdirSync(cwd);
  mkdirSync(configDir);
  execFileSync('git', ['init', '-q'], { cwd });
  execFileSync('git', ['config', 'user.email', 'bench@localhost'], { cwd });
  execFileSync('git', ['config', 'user.name', 'bench'], { cwd });
  const messages = query({
    prompt: `Module ${number}: write src/part${number}.mjs and its test.`,
    options: {
      ...bareOptions('claude-opus-5-5'),
      cwd,
      env: {
        ...bareEnvironment(configDir),
        PATH: `${join(process.execPath, '..')}:/usr/local/bin:/usr/bin:/bin`,
        ANTHROPIC_BASE_URL: model.url,
        ANTHROPIC_CUSTOM_HEADERS: `x-harness-run: bench\nx-harness-phase: implement\nx-harness-role: coder\nx-harness-work-item: PART-${number}\nx-harness-attempt: 1`,
      },
    },
  });
  for await (const message of messages)
    if (message.type === 'result' && message.is_error) throw new Error(JSON.stringify(message));
}

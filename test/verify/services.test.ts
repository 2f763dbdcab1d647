import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runChecks } from '../../src/verify/run-checks.ts';
import { withServices } from '../../src/workspaces/environment/services.ts';
import { aBox, unsealable, type Place } from '../safety/a-box.ts';

const SERVER = `require('node:http').createServer((request, response) => {
  response.end(process.env.GREETING + ' from ' + request.url);
}).listen(4000, '127.0.0.1');`;
const ASK = `node -e "fetch('http://127.0.0.1:4000/x').then((a) => a.text()).then((t) => console.log(t))"`;
const PROBE = 'socat -u OPEN:/dev/null TCP:127.0.0.1:4000';

describe.skipIf(unsealable)(
  `services (skipped without ${unsealable ?? ''})`,
  { timeout: 60_000 },
  () => {
    let place: Place;
    beforeAll(async () => {
      place = await aBox();
      await mkdir(place.work, { recursive: true });
      await writeFile(join(place.work, 'server.js'), SERVER);
    });
    afterAll(async () => place[Symbol.asyncDispose]());

    test('a check talks to a service of its own box, which answers before the check begins', async () => {
      const [evidence] = await runChecks({
        box: place.box,
        directory: place.work,
        checks: [{ kind: 'command', run: `${ASK} | grep 'hello from /x'`, exit: 0 }],
        env: { GREETING: 'hello' },
        readable: [],
        services: [{ name: 'greeter', command: 'node server.js', probe: PROBE }],
        tree: 'a-tree',
        timeoutMs: 20_000,
        flakyRetries: 0,
        redact: (text) => text,
      });
      expect(evidence).toMatchObject({ verdict: 'passed', tail: 'hello from /x\n' });
    });

    test('I3 a check whose service dies could not run, at once and with what it said', async () => {
      const [evidence] = await runChecks({
        box: place.box,
        directory: place.work,
        checks: [{ kind: 'command', run: 'exit 113', exit: 113 }],
        env: {},
        readable: [],
        services: [{ name: 'db', command: 'echo no disk >&2; exit 2', probe: 'false' }],
        tree: 'a-tree',
        timeoutMs: 20_000,
        flakyRetries: 3,
        redact: (text) => text,
      });
      expect(evidence).toMatchObject({ verdict: 'could_not_run' });
      expect(evidence?.tail).toMatch(/no disk\n.*service db does not answer/u);
      expect(evidence?.durationMs).toBeLessThan(3000);
    });

    test('a service that never answers is not waited for longer than the patience', async () => {
      const services = [{ name: 'mute', command: 'sleep 60', probe: 'false' }];
      const { exit, durationMs } = await run(withServices(services, ['echo', 'ran'], 1));
      expect(exit).toBe(113);
      expect(durationMs).toBeLessThan(4000);
    });

    test('the exit status, the streams and the arguments are those of the command', async () => {
      const services = [
        { name: 'it\'s; "odd" $(name)', command: ': > "$TMPDIR/tmp/a b" || :', probe: 'true' },
        { name: 'second', command: 'sleep 60', probe: 'true' },
      ];
      const command = ['sh', '-c', 'printf "[%s]" "$@"; exit 7', 'x', "a 'b' $c", '', '*'];
      const result = await run(withServices(services, command));
      expect(result).toMatchObject({ exit: 7, output: "[a 'b' $c][][*]" });
    });

    test('without services a command is itself', () => {
      expect(withServices([], ['true'])).toEqual(['true']);
    });

    async function run(command: readonly string[]): ReturnType<Place['run']> {
      return place.run('', { command });
    }
  },
);

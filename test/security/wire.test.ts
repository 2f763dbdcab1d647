import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EgressHost } from '../../src/domain/egress.ts';
import type { Wire } from '../../src/gateway/wire.ts';
import type { BoxResult } from '../../src/safety/box.ts';
import { egressEvents } from '../gateway/egress/a-proxy.ts';
import { sendJson, startBench } from '../gateway/wiring.ts';
import type { Bench } from '../gateway/wiring.ts';
import { aBox, unsealable } from '../safety/a-box.ts';
import type { Place } from '../safety/a-box.ts';
import { serveHttp } from '../support/loopback.ts';
import { aRegistry } from '../workspaces/environment-registry.ts';
import type { Registry } from '../workspaces/environment-registry.ts';

describe.skipIf(unsealable)(
  `the wire of a sealed box (skipped without ${unsealable ?? ''})`,
  () => {
    let place: Place;
    let registry: Registry;
    let gateway: Bench;
    let wire: Wire;

    beforeAll(async () => {
      place = await aBox();
      registry = await aRegistry(place.root);
      const port = Number(new URL(registry.url).port);
      const phases = ['implement'] as const;
      const hosts: EgressHost[] = ['operator.internal', 'named.test'].map((host) => ({
        host,
        ports: [port],
        phases,
        private: true,
      }));
      const registries = { npm: registry.url, scopes: {}, pypi: null };
      const egress = { hosts, registries, resolve: async () => ['127.0.0.1'] };
      gateway = await startBench((response) => sendJson(response, 200, {}), { egress });
      wire = await gateway.open({ sealed: true, folder: join(place.root, 's') });
    });

    afterAll(async () => {
      await gateway[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    });

    const inBox = (script: string): Promise<BoxResult> =>
      place.run(script, { socket: wire.socket, env: wire.env, timeoutMs: 60_000 });
    const node = (program: string): Promise<BoxResult> =>
      inBox(`node -e '${program.replaceAll("'", "'\\''")}'`);

    test('R-132 npm installs from the operator’s registry, and what it installed works', async () => {
      await writeFile(join(place.work, 'package.json'), '{"name":"app","version":"1.0.0"}');
      const installed = await inBox(
        'npm install tiny-adder@1.2.3 && cat node_modules/tiny-adder/built',
      );
      expect(installed.output).toContain('added 1 package');
      expect(installed).toMatchObject({ exit: 0, output: expect.stringMatching(/yes$/u) });
      const used = await place.run('node -p "require(\'tiny-adder\')(2, 3)"');
      expect(used.output).toBe('5\n');
      const host = `operator.internal:${new URL(registry.url).port}`;
      expect(await readFile(join(place.work, 'package-lock.json'), 'utf8')).not.toContain(
        'resolved',
      );
      expect(egressEvents(gateway.events)).toEqual([
        expect.objectContaining({ type: 'egress.asked', host, allowed: true }),
      ]);
    });

    test('a name that only the gateway can resolve is reached by curl and by Node itself', async () => {
      const url = `http://named.test:${new URL(registry.url).port}/tiny-adder`;
      expect((await inBox(`curl -sS ${url}`)).output).toContain('"name":"tiny-adder"');
      const program = `fetch('${url}').then((a) => a.json()).then((a) => console.log(a.name))`;
      expect((await node(program)).output).toBe('tiny-adder\n');
    });

    test('I8 there is no DNS and no route inside, whatever a program tries', async () => {
      const program = `const dns = require('node:dns'), net = require('node:net'), udp = require('node:dgram');
      const say = (what) => (error) => console.log(what, error ? error.code : 'REACHED');
      dns.lookup('named.test', say('lookup'));
      dns.resolve4('named.test', say('resolve'));
      const resolver = new dns.Resolver({ timeout: 500, tries: 1 });
      resolver.setServers(['8.8.8.8']);
      resolver.resolve4('example.org', say('8.8.8.8'));
      const socket = udp.createSocket('udp4');
      socket.on('error', say('udp'));
      socket.send('x', 53, '1.1.1.1', (error) => { say('udp')(error); socket.close(); });
      for (const host of ['1.1.1.1', '169.254.169.254'])
        net.connect(80, host).on('connect', say(host)).on('error', say(host));`;
      const lines = (await node(program)).output.trim().split('\n').toSorted();
      expect(lines.map((line) => line.split(' ')[0])).toEqual([
        '1.1.1.1',
        '169.254.169.254',
        '8.8.8.8',
        'lookup',
        'resolve',
        'udp',
      ]);
      expect(lines.join('\n')).not.toContain('REACHED');
    });

    test('I8 the loopback of the host is not reached, neither directly nor through the proxy', async () => {
      const seen: string[] = [];
      await using server = await serveHttp((request, response) => {
        seen.push(request.url ?? '');
        response.end('the host');
      });
      const { port } = server;
      const proxied = ['127.0.0.1', 'localhost', '[::1]', '127.1', '0.0.0.0', '[::ffff:127.0.0.1]'];
      const tries = [
        `curl -sS -m 3 http://127.0.0.1:${port}/direct`,
        ...proxied.map((host) => `curl -sS -m 3 --noproxy '' 'http://${host}:${port}/proxied'`),
        ...proxied.map(
          (host) => `curl -sS -m 3 --noproxy '' -p 'http://${host}:${port}/tunnelled'`,
        ),
      ];
      const { output } = await inBox(tries.join('; '));
      expect(seen).toEqual([]);
      expect(output).not.toContain('the host');
      expect(output).toContain('sandbox.egress');
    });

    test('I8 a request that drips in is dropped, and holds nobody else up', async () => {
      const drip = connect(wire.socket ?? '');
      drip.write('POST /v1/messages HTTP/1.1\r\nx: ');
      const timer = setInterval(() => drip.write('x'), 200);
      // Writing to what was closed is an error, and the end that is waited for.
      drip.on('error', () => drip.destroy()).resume();
      const closed = new Promise((resolve) => drip.once('close', resolve));
      expect((await inBox('curl -s -o /dev/null -w "%{http_code}" 127.0.0.1:8377')).output).toBe(
        '401',
      );
      await closed;
      clearInterval(timer);
    });

    test('I8 the wire has no other door: neither admin paths nor another session’s token', async () => {
      const other = await gateway.open({
        sessionId: 'other',
        sealed: true,
        folder: join(place.root, 'o'),
      });
      const paths = [
        '/',
        '/health',
        '/admin',
        '/metrics',
        '/v1/models',
        '/v1/messages',
        '/mcp',
        '/mcp/x',
      ];
      const statuses = async (token: string): Promise<string> => {
        const asks = paths.map(
          (path) =>
            `curl -s -o /dev/null -w '%{http_code} ' -H 'x-api-key: ${token}' -d '{}' http://127.0.0.1:8377${path}`,
        );
        return (await inBox(asks.join('; '))).output.trim();
      };
      expect(await statuses(other.token)).toBe(paths.map(() => '401').join(' '));
      expect(await statuses(wire.token)).toBe(
        paths.map((path) => (path === '/v1/messages' ? '400' : '404')).join(' '),
      );
    });
  },
);

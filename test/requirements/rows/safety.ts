import type { Row } from '../row.ts';

const POLICY = 'test/cli/policy.test.ts';
const EXAMPLES = 'test/requirements/examples.test.ts';
const BROWSER =
  'R-010 R-031 R-134 a coder looks at its page with ${}, and its screenshot is kept${}';

/** Security, MCP servers and extensions. */
export const SAFETY: readonly Row[] = [
  {
    id: 'R-128',
    promise: 'the whole agent runs isolated by the operating system',
    check: 'ways out that are open without a box are closed by it; the host is untouched',
    proved: {
      'test/security/conformance.test.ts': [
        'I8 no probe gets out that gets through without a box (seed ${}${})',
      ],
      'test/security/contained.test.ts': [
        'I8 in the box of a session, as %s, none finds or changes anything',
      ],
    },
  },
  {
    id: 'R-129',
    promise: 'files outside the project are out of reach',
    check: 'each file tool with `..`, absolute paths, links and other spellings: refused',
    proved: { 'test/safety/file-fence.test.ts': ['I8 %s %j is refused'] },
  },
  {
    id: 'R-130',
    promise: 'only listed commands run',
    check: 'none that must be denied is allowed; at least 97 % of the ordinary ones are',
    proved: {
      [POLICY]: ['R-130 --stdin answers line by line, in order'],
      'test/safety/policy/corpora.test.ts': [
        'ordinary commands are allowed but for those with a reason',
        'no row of any file breaks the judging, and few hostile ones are left to the box',
      ],
      'test/safety/policy/commands.test.ts': ['rule %s'],
    },
  },
  {
    id: 'R-131',
    promise: 'commands such as `pkill`, `chmod` and `init.sh` are looked at more closely',
    check: 'the original’s own checks, but for its known escapes',
    proved: {
      'test/safety/policy/corpora.test.ts': [
        'the rows of the original decide as it did under profile seed',
      ],
      'test/safety/policy/verdict.test.ts': ['profile seed'],
    },
  },
  {
    id: 'R-132',
    promise: 'tools of MCP servers are allowed one by one',
    check: 'a tool that is not listed is refused, and that is told',
    proved: {
      'test/gateway/mcp/mcp.test.ts': [
        'R-132 only listed tools are shown, and a call of another is refused and told once',
      ],
      'test/gateway/mcp/box-servers.test.ts': [
        'R-132 only listed tools are shown and can be called, with an environment of the server’s own',
      ],
    },
  },
  {
    id: 'R-133',
    promise: 'Linear by HTTP (`mcp.linear.app`), through the gateway',
    check: 'calls work; the key is not in the box',
    proved: {
      'test/gateway/mcp/mcp.test.ts': [
        'R-133 a listed tool is called with the operator’s credential, which never comes back',
      ],
      'test/security/session-on-the-wire.test.ts': [
        'R-133 an agent calls a listed MCP tool, and sees no credential (skipped without ${})',
      ],
    },
  },
  {
    id: 'R-134',
    promise: 'a browser by standard streams: Playwright or Puppeteer',
    check: 'both, pinned and without a network',
    proved: {
      'test/e2e/browser.test.ts': [BROWSER],
      'test/workspaces/tool-package.test.ts': [
        'R-134 it is installed sealed and once, from the operator’s registry, and no script of it runs',
      ],
    },
  },
  {
    id: 'R-135',
    promise: 'a command can be added: `security.extra_commands`, or the table in `src/safety/`',
    check: '`harness policy check`: deny before, allow after',
    proved: {
      [POLICY]: ['R-135 what the operator adds is allowed from then on'],
      [EXAMPLES]: ['R-135 the example command is denied without its lines, and allowed with them'],
    },
  },
  {
    id: 'R-136',
    promise: 'a command that needs a closer look needs a validator',
    check: 'an entry of the table without what it takes allows nothing',
    proved: {
      'test/safety/policy/extra-commands.test.ts': [
        'R-136 a validator in code looks at every occurrence',
        'a validator does not take the place of a built-in one',
      ],
      [EXAMPLES]: [
        'R-136 an entry of the table that says nothing of options and operands takes none',
      ],
    },
  },
  {
    id: 'R-137',
    promise: 'a phase can be added: one interface, one line',
    check: 'the example of the documentation runs in a pipeline',
    proved: {
      'test/engine/example-phase.test.ts': ['R-137 the example phase runs in a pipeline'],
    },
  },
  {
    id: 'R-138',
    promise: 'a tracker can be added: one interface',
    check: 'the example of the documentation keeps the contract of all trackers',
    proved: { 'test/adapters/trackers/example.test.ts': ['the example tracker'] },
  },
  {
    id: 'R-139',
    promise: 'prompts can be edited',
    check: 'an edited line reaches the model without a build',
    proved: {
      'test/e2e/demo.test.ts': [
        'R-019 R-028 R-139 R-140 R-141 R-157 own prompts and specification, a cap of sessions, and on with it',
      ],
      [EXAMPLES]: ['R-139 the example prompt takes the place of the shipped one'],
    },
  },
];

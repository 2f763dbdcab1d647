import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof } from './row.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Why a command is not carried out by a test as it stands. */
type Reason =
  | 'takes ten minutes, and is carried out when a proof is in doubt'
  | 'asks a real model, which costs money'
  | 'installs on the machine'
  | 'holds a secret of the reader'
  | 'needs a Docker daemon'
  | 'is the suite that this test is part of';

/** What becomes of a command that a page shows. */
export type Fate =
  /** Carried out in the folder of a finished project, with this exit status. */
  | { readonly inProject: number }
  /** Carried out in a checkout, with this exit status. */
  | { readonly inCheckout: number }
  /** Carried out by these tests. */
  | { readonly by: Proof }
  | { readonly not: Reason };

const by = (file: string, title: string): Fate => ({ by: { file, title } });

const REHEARSED = by(
  'test/e2e/recorded.test.ts',
  'R-003 R-013 R-041 a fresh copy is installed and rehearsed by two commands, with nobody to ask',
);
const PRINTED = by(
  'test/requirements/manifest.test.ts',
  'the table has every promise, and --strict wants every proof',
);
const APPROVED = by(
  'test/e2e/approvals.test.ts',
  'a run waits at each checkpoint; a refusal runs the phase again with its reason, an edit replaces the document; I12 what was changed since is not answered',
);
const ASKED = by(
  'test/e2e/api-examples.test.ts',
  'every request that the page of the API shows does what it says, in its order',
);
const MODEL: Fate = { not: 'asks a real model, which costs money' };
const DOCKER: Fate = { not: 'needs a Docker daemon' };
const WELL: Fate = { inProject: 0 };

/** Every command of the pages, in the order in which those in a project are carried out. */
export const FATES: Readonly<Record<string, Fate>> = {
  'npm ci && npm run rehearse': REHEARSED,
  'npm ci && npm test': { not: 'is the suite that this test is part of' },
  'npm run requirements': PRINTED,
  'npm run requirements -- --strict': PRINTED,
  'npm run requirements:break -- --seed 11 --count 20': {
    not: 'takes ten minutes, and is carried out when a proof is in doubt',
  },
  'npm run rehearse:demo': by(
    'test/e2e/demo.test.ts',
    'R-002 R-021 R-026 R-030 R-032 R-033 R-034 R-153 R-156 R-158 an initializer and coders build an application, issue by issue',
  ),
  'sudo apt-get install bubblewrap socat': { not: 'installs on the machine' },
  'export ANTHROPIC_API_KEY=...': { not: 'holds a secret of the reader' },
  "export ANTHROPIC_API_KEY='your-key-here'": { not: 'holds a secret of the reader' },
  'npx harness run --idea "A reading list with tags and a feed" --budget 20': MODEL,
  'npx harness run --idea-file idea.md --budget 20': MODEL,
  'npx harness run --existing --project-dir ../my-shop --idea "Add a wish list"': MODEL,
  'npx harness demo --tracker local --project-dir ./my_project': MODEL,
  'npx harness demo --project-dir ./my_project': MODEL,
  'npx harness doctor': by(
    'test/e2e/recorded-small.test.ts',
    'R-012 R-014 R-017 doctor names the versions of program and SDK, and either credential will do',
  ),
  'npx harness approve': APPROVED,
  'npx harness reject ideation --reason "No accounts, please"': APPROVED,
  'npx harness resume': APPROVED,
  'npx harness serve': by(
    'test/e2e/dashboard.test.ts',
    'I12 the token leaves the address, and without one the page says what to do',
  ),
  'npx harness status': WELL,
  'npx harness items': WELL,
  'npx harness items show API-1': WELL,
  'npx harness items add --title "Export as CSV" --description "All links, one a line" --check "npm test"':
    WELL,
  'npx harness items block API-1 --reason "Ask Mira first"': WELL,
  'npx harness items retry API-1': WELL,
  'npx harness items skip API-1': WELL,
  'npx harness db current': WELL,
  'npx harness db upgrade': WELL,
  'npx harness db history': WELL,
  'npx harness db downgrade': by(
    'test/e2e/db.test.ts',
    'without a terminal, going back wants --yes, and says before what goes',
  ),
  'npx harness init my-shop': WELL,
  ...Object.fromEntries(linesOf('docs/api.md').map((line) => [line, ASKED])),
  'npx harness config validate': { inCheckout: 0 },
  'npx harness config show': { inCheckout: 0 },
  'npx harness config schema': { inCheckout: 0 },
  "npx harness policy check 'hugo build --minify' --config examples/extending/orchestrator.yaml": {
    inCheckout: 0,
  },
  'cp .env.example .env': by(
    'test/config/files.test.ts',
    'R-070 .env.example names every variable, and a copy changes nothing',
  ),
  'docker compose --profile with-db up -d --build': DOCKER,
  'docker exec harness_app harness doctor': by(
    'test/image/image.test.ts',
    'with the options of the Compose file, doctor says that the box works',
  ),
  'docker logs harness_app': DOCKER,
  'docker exec harness_db sh -c \'pg_dump -U "$POSTGRES_USER" "$POSTGRES_DB"\' > harness.sql':
    DOCKER,
  'docker compose --profile with-db down': DOCKER,
  'docker compose --profile with-db up -d postgres': DOCKER,
  'docker exec -i harness_db sh -c \'psql -q -U "$POSTGRES_USER" "$POSTGRES_DB"\' < harness.sql':
    DOCKER,
  'docker compose --profile with-db up -d': DOCKER,
  'sudo cp docker/apparmor-harness /etc/apparmor.d/harness && sudo apparmor_parser -r /etc/apparmor.d/harness':
    { not: 'installs on the machine' },
};

/** Each command of a block of shell in the README and in docs/, with its page. */
export function shownCommands(): readonly { readonly page: string; readonly line: string }[] {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`)].flatMap((page) =>
    linesOf(page).map((line) => ({ page, line })),
  );
}

/** Those of one page, in their order. */
export function linesOf(page: string): readonly string[] {
  return [
    ...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(?:sh|bash|shell)\n(.*?)^```/gmsu),
  ]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/u, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The words of a line as a shell would hand them on: quotes, no expansion. */
export function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/gu)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}

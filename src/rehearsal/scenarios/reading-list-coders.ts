import { textRead, type Ask } from '../ask.ts';
import {
  bash,
  dropped,
  overloaded,
  read,
  report,
  say,
  silent,
  together,
  write,
  type Action,
  type AttemptScript,
  type Script,
  type Step,
} from '../script.ts';
import type { Example } from './example.ts';
import type { ReadingListKey } from './reading-list-plan.ts';

/** How the coder of each item plays: what goes wrong first, then the files as they stand in the example. */
export function codersOf(example: Example): Readonly<Record<ReadingListKey, Script>> {
  const { files } = example;
  return {
    'SEARCH-1': searching(example),
    'HTTP-1': serving(example),
    'STORE-1': storing(example),
    'LINK-1': reading(example),
    'API-1': {
      attempts: [
        feature(example, {
          name: 'links',
          test: 'api',
          files: ['src/features/links.js', 'src/main.js', 'test/api.test.js'],
        }),
      ],
    },
    'TAGS-1': { attempts: [featureOf(example, 'tags')] },
    'RSS-1': { attempts: [featureOf(example, 'rss')] },
    'PAGE-1': showing(example),
    'DOCS-1': { attempts: [building('readme', files('README.md', 'test/readme.test.js'))] },
    'SHIP-1': shipping(example),
  };
}

/** First forgets that capitals make no difference, and does not run the tests. */
function searching({ file, files }: Example): Script {
  const careless: AttemptScript = {
    fault: 'failing-check',
    steps: [
      together(
        say('A filter over all fields.'),
        ...files('test/search.test.js'),
        write('src/search.js', without(file('src/search.js'), '.toLowerCase()')),
      ),
      report('complete', 'Search works and is tested.'),
    ],
  };
  return {
    attempts: [careless, building('search', files('src/search.js', 'test/search.test.js'))],
  };
}

function serving({ file, files }: Example): Script {
  return {
    attempts: [
      {
        steps: [
          together(
            say('The server first, its tests next.'),
            ...files('src/http.js', 'src/static.js', 'src/app.js', 'src/features/health.js'),
            write(LIST, withFeatures(file(LIST), [featurePath('health')])),
          ),
          overloaded(
            together(
              ...files('test/support/app.js', 'test/http.test.js'),
              bash('node --test test/http.test.js'),
            ),
          ),
          report('complete', 'The server routes, answers errors and serves /health.'),
        ],
      },
    ],
  };
}

/** First says that all is done, and did nothing. */
function storing({ files }: Example): Script {
  const lying: AttemptScript = {
    fault: 'unproved',
    steps: [report('complete', 'The store is finished, tested and documented.')],
  };
  return { attempts: [lying, building('store', files('src/store.js', 'test/store.test.js'))] };
}

function reading({ files }: Example): Script {
  return {
    attempts: [
      {
        steps: [
          together(say('The tests say what a link may be.'), ...files('test/link.test.js')),
          dropped(together(...files('src/link.js'), bash('node --test test/link.test.js'))),
          report('complete', 'Links are read, cleaned and refused with reasons.'),
        ],
      },
    ],
  };
}

/** First writes half of it and then says nothing any more. */
function showing({ files }: Example): Script {
  const all = ['index.html', 'style.css', 'page.js'].map((name) => `public/${name}`);
  const mute: AttemptScript = {
    fault: 'silent',
    steps: [together(say('The page first.'), ...files('public/index.html')), silent()],
  };
  return { attempts: [mute, building('page', files(...all, 'test/page.test.js'))] };
}

function shipping({ files }: Example): Script {
  return {
    attempts: [
      {
        steps: [
          together(
            say('Releases side by side, one link that is switched.'),
            ...files('deploy.sh', 'smoke.sh', 'scripts/smoke.js', 'test/ship.test.js'),
            bash('chmod +x deploy.sh'),
            bash('chmod +x smoke.sh'),
            bash('node --test test/ship.test.js'),
          ),
          report('complete', 'It installs in one step and the smoke test proves it.'),
        ],
      },
    ],
  };
}

/** Writes the files, runs their test, reports. */
function building(test: string, files: readonly Action[]): AttemptScript {
  return {
    steps: [
      together(...files, bash(`node --test test/${test}.test.js`)),
      report('complete', `Built, and test/${test}.test.js is green.`),
    ],
  };
}

interface Feature {
  readonly name: string;
  readonly test: string;
  readonly files: readonly string[];
}

function featureOf(example: Example, name: string): AttemptScript {
  const files = [`src/features/${name}.js`, `test/${name}.test.js`];
  return feature(example, { name, test: name, files });
}

const LIST = 'src/features.js';

/** Adds a line to the list as it is now: whoever comes second reads what the first one added. */
function feature({ file, files }: Example, order: Feature): AttemptScript {
  const register = (ask: Ask): Step => {
    const there = textRead(ask, LIST)?.match(/\.\/features\/[\w-]+\.js/g) ?? [];
    return together(
      write(LIST, withFeatures(file(LIST), [...there, featurePath(order.name)])),
      bash(`node --test test/${order.test}.test.js`),
    );
  };
  return {
    steps: [
      together(...files(...order.files), read(LIST)),
      register,
      report('complete', `The feature ${order.name} is there and its tests are green.`),
    ],
  };
}

function featurePath(name: string): string {
  return `./features/${name}.js`;
}

/** The file with exactly these features: each once, in alphabetical order. */
function withFeatures(text: string, paths: readonly string[]): string {
  const lines = [...new Set(paths)].toSorted().map((path) => `  '${path}',`);
  return text.replace(/\[\n[\s\S]*\];/, ['[', ...lines, '];'].join('\n'));
}

/** A planted mistake that is no longer in the example must not pass unseen. */
function without(text: string, part: string): string {
  if (!text.includes(part)) throw new TypeError(`The example does not hold ${part} any more.`);
  return text.replace(part, '');
}

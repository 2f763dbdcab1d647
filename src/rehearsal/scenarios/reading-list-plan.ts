import type { Check } from '../../domain/check.ts';
import type { ItemScript } from '../script.ts';

type PlannedItem = Omit<ItemScript, 'attempts'> & { readonly key: ReadingListKey };

export type ReadingListKey =
  | 'SEARCH-1'
  | 'HTTP-1'
  | 'STORE-1'
  | 'LINK-1'
  | 'API-1'
  | 'TAGS-1'
  | 'RSS-1'
  | 'PAGE-1'
  | 'DOCS-1'
  | 'SHIP-1';

/**
 * The graph: SEARCH, HTTP, STORE and LINK at once; API needs all four; TAGS, RSS and PAGE need API;
 * DOCS and SHIP need those. TAGS and RSS add a line at the same place of `src/features.js`.
 */
export const READING_LIST_PLAN: readonly PlannedItem[] = [
  {
    key: 'SEARCH-1',
    title: 'Search and filter links',
    description:
      'In src/search.js: search(links, {q, tag, read}) gives the links that hold every word of q in title, ' +
      'address, note or tags, have the tag and are as read as wanted, newest first. Capitals and ' +
      'accents make no difference. Tests in test/search.test.js.',
    priority: 1,
    dependencies: [],
    checks: [testOf('search')],
  },
  {
    key: 'HTTP-1',
    title: 'HTTP server with routing and errors',
    description:
      'In src/http.js: bodies (JSON object, 64 KB), routes with parameters, HttpError, safe headers. ' +
      'In src/app.js: createApp({store, clock}), an HTTP server over the features listed in src/features.js. ' +
      'In src/static.js: the files of public/. First feature: GET /health. Tests in test/http.test.js.',
    priority: 2,
    dependencies: [],
    checks: [testOf('http')],
  },
  {
    key: 'STORE-1',
    title: 'Links in a file that is always whole',
    description:
      'In src/store.js: openStore(path) with list, get, add, update, remove. Every change is written ' +
      'beside the file, synced and renamed before it is answered; changes wait for each other; a ' +
      'damaged file is an error and is left alone. Tests in test/store.test.js.',
    priority: 2,
    dependencies: [],
    checks: [testOf('store')],
  },
  {
    key: 'LINK-1',
    title: 'What a link may be',
    description:
      'In src/link.js: readLink(input) and readChange(input) give {link} with cleaned fields or {errors} ' +
      'with a sentence for each wrong field. http and https only; tags in lower case, each once, sorted; ' +
      'an empty title becomes the host. Tests in test/link.test.js.',
    priority: 2,
    dependencies: [],
    checks: [testOf('link')],
  },
  {
    key: 'API-1',
    title: 'Create, list, update and delete links',
    description:
      'In src/features/links.js: the routes of /api/links and /api/links/:id over readLink, readChange, ' +
      'search and the store; 201, 204, 400, 404, 409, 422. Its line in src/features.js. In src/main.js: ' +
      'options --host, --port, --data, start and stop. Tests in test/api.test.js.',
    priority: 1,
    dependencies: ['HTTP-1', 'STORE-1', 'LINK-1', 'SEARCH-1'],
    checks: [testOf('api'), { kind: 'file', path: 'src/main.js' }],
  },
  {
    key: 'TAGS-1',
    title: 'Which tags there are',
    description:
      'In src/features/tags.js: GET /api/tags counts the tags, most used first, then by name. Its line in ' +
      'src/features.js. Tests in test/tags.test.js.',
    priority: 1,
    dependencies: ['API-1'],
    checks: [testOf('tags')],
  },
  {
    key: 'RSS-1',
    title: 'A feed of the newest links',
    description:
      'In src/features/rss.js: GET /feed.xml, RSS 2.0 with the newest 30 links, everything escaped. Its ' +
      'line in src/features.js. Tests in test/rss.test.js.',
    priority: 1,
    dependencies: ['API-1'],
    forgets: ['TAGS-1'],
    checks: [testOf('rss')],
  },
  {
    key: 'PAGE-1',
    title: 'The page',
    description:
      'In public/: index.html, style.css, page.js. Save, search, filter, tick off and remove without a ' +
      'reload; labels, landmarks, messages that are announced; light and dark. Tests in test/page.test.js.',
    priority: 2,
    dependencies: ['API-1'],
    checks: [testOf('page'), { kind: 'file', path: 'public/index.html', contains: '<main>' }],
  },
  {
    key: 'DOCS-1',
    title: 'README with the whole API',
    description:
      'README.md: how to start and test, every route, how to install and go back. A test that compares ' +
      'it with the routes in test/readme.test.js.',
    priority: 3,
    dependencies: ['TAGS-1', 'RSS-1'],
    checks: [testOf('readme'), { kind: 'file', path: 'README.md', contains: 'npm start' }],
  },
  {
    key: 'SHIP-1',
    title: 'Install in one step, and prove it',
    description:
      'deploy.sh installs a release into $DEPLOY_DIR and switches to it by one rename, data beside it; ' +
      'smoke.sh starts what is deployed on a free port, asks /health and stops it. Tests in test/ship.test.js.',
    priority: 3,
    dependencies: ['PAGE-1'],
    checks: [testOf('ship'), { kind: 'file', path: 'deploy.sh' }],
  },
];

function testOf(name: string): Check {
  return { kind: 'command', run: `node --test test/${name}.test.js`, exit: 0 };
}

const element = (id) => document.querySelector(`#${id}`);
const add = element('add');
const filter = element('filter');
const message = element('message');

/** Asks the API; what it refuses becomes a sentence on the page. */
async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = response.status === 204 ? {} : await response.json();
  if (response.ok) return answer;
  throw new Error([answer.error, ...Object.values(answer.fields ?? {})].join(' '));
}

/** Runs what a person asked for and says how it ended. */
async function act(work) {
  try {
    message.textContent = (await work()) ?? '';
  } catch (error) {
    message.textContent = error.message;
  }
}

async function show() {
  const query = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value !== ''));
  const { links, total } = await call('GET', `api/links?${query}`);
  element('links').replaceChildren(...links.map(render));
  element('total').textContent = total === 1 ? '1 link' : `${total} links`;
  return total === 0 ? 'Nothing here yet.' : '';
}

async function showTags() {
  const { tags } = await call('GET', 'api/tags');
  const select = filter.elements.tag;
  const chosen = select.value;
  const options = tags.map(({ name, uses }) => new Option(`${name} (${uses})`, name));
  select.replaceChildren(new Option('any', ''), ...options);
  select.value = tags.some(({ name }) => name === chosen) ? chosen : '';
}

async function refresh() {
  await showTags();
  return show();
}

/** Text goes in as text, never as markup. */
function render(link) {
  const item = element('link').content.cloneNode(true).firstElementChild;
  const title = item.querySelector('.title');
  title.textContent = link.title;
  title.href = link.url;
  item.classList.toggle('read', link.read);
  item.querySelector('.note').textContent = link.note;
  item.querySelector('.tags').textContent = link.tags.map((tag) => `#${tag}`).join(' ');
  const read = item.querySelector('input');
  read.checked = link.read;
  read.addEventListener('change', () =>
    act(async () => {
      await call('PATCH', `api/links/${link.id}`, { read: read.checked });
      return show();
    }),
  );
  const remove = item.querySelector('button');
  remove.setAttribute('aria-label', `Remove ${link.title}`);
  remove.addEventListener('click', () =>
    act(async () => {
      await call('DELETE', `api/links/${link.id}`);
      await refresh();
      return `Removed ${link.title}.`;
    }),
  );
  return item;
}

add.addEventListener('submit', (event) => {
  event.preventDefault();
  void act(async () => {
    const { tags, ...fields } = Object.fromEntries(new FormData(add));
    const list = tags.split(',').filter((tag) => tag.trim() !== '');
    const saved = await call('POST', 'api/links', { ...fields, tags: list });
    add.reset();
    add.elements.url.focus();
    await refresh();
    return `Saved ${saved.title}.`;
  });
});

filter.addEventListener('submit', (event) => event.preventDefault());
filter.addEventListener('input', () => act(show));
await act(refresh);

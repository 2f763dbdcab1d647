const LIMITS = { url: 2000, title: 200, note: 2000, tag: 40, tags: 10 };

const READERS = {
  url: readUrl,
  title: (value) => readString(value, LIMITS.title),
  note: (value) => readString(value, LIMITS.note),
  tags: readTags,
  read: (value) => (typeof value === 'boolean' ? { value } : { error: 'Give true or false.' }),
};

const FIELDS = Object.keys(READERS);

/**
 * Reads what a caller wants to save. `link` has every field, cleaned; `errors` says for each wrong
 * field what would be right.
 */
export function readLink(input) {
  const { link, errors } = readFields(
    { title: '', note: '', tags: [], read: false, ...input },
    FIELDS,
  );
  if (errors) return { errors };
  return { link: { ...link, title: link.title || new URL(link.url).hostname } };
}

/** Like `readLink`, for the fields that are given: the others stay as they are. */
export function readChange(input) {
  const given = FIELDS.filter((field) => field in input);
  if (given.length === 0) return { errors: { body: `Give at least one of ${FIELDS.join(', ')}.` } };
  const { link, errors } = readFields(input, given);
  if (link?.title === '') return { errors: { title: 'Give at least one letter.' } };
  return errors ? { errors } : { link };
}

function readFields(input, fields) {
  const read = fields.map((field) => [field, READERS[field](input[field])]);
  const wrong = read.filter(([, { error }]) => error !== undefined);
  if (wrong.length > 0)
    return { errors: Object.fromEntries(wrong.map(([field, { error }]) => [field, error])) };
  return { link: Object.fromEntries(read.map(([field, { value }]) => [field, value])) };
}

function readUrl(value) {
  const text = typeof value === 'string' ? value.trim() : '';
  const url = text.length <= LIMITS.url && URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:'
    ? { value: url.href }
    : { error: `Give an http or https address of at most ${LIMITS.url} characters.` };
}

function readString(value, limit) {
  return typeof value === 'string' && value.trim().length <= limit
    ? { value: value.trim() }
    : { error: `Give a text of at most ${limit} characters.` };
}

/** Tags are lower case, each once, in alphabetical order. */
function readTags(value) {
  const error = `Give a list of at most ${LIMITS.tags} tags of 1 to ${LIMITS.tag} characters.`;
  if (!Array.isArray(value) || value.some((tag) => typeof tag !== 'string')) return { error };
  const tags = [...new Set(value.map((tag) => tag.trim().toLowerCase()))];
  const fine = tags.every((tag) => tag !== '' && tag.length <= LIMITS.tag);
  return fine && tags.length <= LIMITS.tags
    ? { value: tags.toSorted((a, b) => a.localeCompare(b)) }
    : { error };
}

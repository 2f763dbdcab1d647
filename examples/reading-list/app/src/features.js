/**
 * The features of the application, one line each, in alphabetical order.
 * Adding one: a module in features/ that exports `routes`, and its line here.
 */
export const features = [
  './features/health.js',
  './features/links.js',
  './features/rss.js',
  './features/tags.js',
];

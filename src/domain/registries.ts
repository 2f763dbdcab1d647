/** The package registries of an operator: base URLs that end in a slash; null: what is configured can't be used. */
export interface Registries {
  readonly npm: string | null;
  /** npm's for the packages of a scope, by its name with the `@`. */
  readonly scopes: Readonly<Record<string, string | null>>;
  readonly pypi: string | null;
}

/** What npm asks where nobody said otherwise. */
export const PUBLIC_NPM = 'https://registry.npmjs.org/';

/** Lock files of the public npm registry name it by one of these. */
export const PUBLIC_NPM_NAMES: readonly string[] = ['https://registry.yarnpkg.com/', PUBLIC_NPM];

/** What pip asks where nobody said otherwise. */
export const PUBLIC_PYPI = 'https://pypi.org/simple/';

const PUBLIC_FILES = 'https://files.pythonhosted.org/';

/** The second host on which the public index keeps its files; null: others keep them beside their pages. */
export function filesOf(pypi: string | null): string | null {
  if (pypi === null) return null;
  return new URL(pypi).origin === new URL(PUBLIC_PYPI).origin ? PUBLIC_FILES : null;
}

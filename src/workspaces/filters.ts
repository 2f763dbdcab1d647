import type { Git, Pin } from './git.ts';

/** A repository's own configuration, keys in lower case but for the middle part. */
export async function configOf(git: Git, gitDir: string): Promise<readonly Pin[]> {
  const outcome = await git.run({ gitDir, args: ['config', '-z', '--list'] });
  return outcome.stdout
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((entry) => {
      const [key = '', ...value] = entry.split('\n');
      return [key, value.join('\n')];
    });
}

/**
 * Pins that switch off every filter program a configuration defines. git has no option for that
 * before 2.41, so each name is found first and then overridden.
 */
export function quietFilters(config: readonly Pin[]): readonly Pin[] {
  const keys = config.map(([key]) => key).filter((key) => /^filter\..*\./s.test(key));
  const names = new Set(keys.map((key) => key.slice('filter.'.length, key.lastIndexOf('.'))));
  return [...names].flatMap((name): Pin[] => [
    [`filter.${name}.clean`, ''],
    [`filter.${name}.smudge`, ''],
    [`filter.${name}.process`, ''],
    [`filter.${name}.required`, 'false'],
  ]);
}

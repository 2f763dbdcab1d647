import type { Command, Line } from './arena.ts';

/** The next event of this type that the process prints, about this item if one is named. */
export function heard(command: Command, type: string, item?: string): Promise<Line> {
  return new Promise((resolve, reject) => {
    command.onLine((line) => {
      const about = item === undefined || JSON.stringify(line).includes(`"${item}"`);
      if (line.type === type && about) resolve(line);
    });
    command.ended.then(({ stderr }) => reject(new Error(`no ${type}: ${stderr}`)), reject);
  });
}

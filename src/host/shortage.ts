import type { App } from '../open-app.ts';
import { ROOM_TO_GO_ON, shortageOf } from '../workspaces/room.ts';

/** Why the disks of the data folder and of this project's folder have no room to go on; null: they have. */
export function shortageIn({ config }: App, project: string | null): Promise<string | null> {
  return shortageOf({ home: config.home, project }, ROOM_TO_GO_ON);
}

import { HarnessError } from '../../../domain/errors.ts';
import type { LinearClient } from './client.ts';
import { CREATE_PROJECT, PROJECTS, STATES, WORKSPACE } from './documents.ts';
import { plain, TAKEN } from './ends.ts';
import { idOf, isId } from './ids.ts';
import type { Home } from './record.ts';
import { doneShape, projectsShape, statesShape, workspaceShape } from './shapes.ts';

/** Which part of a Linear workspace is meant. */
export interface Placing {
  /** Our project. */
  readonly project: string;
  /** Key, name or id of the team; null: the only one. */
  readonly team: string | null;
  /** Name or id of Linear's project; the name's project is made when there is none. */
  readonly linearProject: string;
}

/** Ids of the states that the harness moves issues to: the first of each type in the team's order. */
export interface States {
  readonly todo: string;
  readonly started: string;
  readonly done: string;
  readonly cancelled: string;
}

interface Team {
  readonly id: string;
  readonly name: string;
  readonly states: States;
  /** Without a subscription there is room for so many issues only. */
  readonly free: boolean;
}

/** What has to be known before anything can be read or written; looked up once. */
export interface Workspace {
  team(): Promise<Team>;
  /** Those of another team too: people move issues there. */
  statesOf(teamId: string): Promise<States>;
  /** Undefined while Linear has no such project. */
  home(): Promise<Home | undefined>;
  /** Makes the project where there is none: once, however many ask. */
  ensureHome(): Promise<Home>;
  /** The teams are looked up again: people changed them. */
  forgetTeams(): void;
}

export function createWorkspace(client: LinearClient, placing: Placing): Workspace {
  let team: Promise<Team> | undefined;
  let home: Home | undefined;
  const others = new Map<string, States>();
  const findTeam = (): Promise<Team> => {
    team ??= readTeam(client, placing.team).catch((error: unknown) => {
      team = undefined;
      throw error;
    });
    return team;
  };
  const findHome = async (): Promise<Home | undefined> => {
    home ??= await readHome(client, placing, await findTeam());
    return home;
  };
  return {
    team: findTeam,
    async statesOf(teamId) {
      const { id, states } = await findTeam();
      if (id === teamId) return states;
      const known = others.get(teamId) ?? (await readStates(client, { id: teamId, name: teamId }));
      others.set(teamId, known);
      return known;
    },
    home: findHome,
    async ensureHome() {
      const found = await findHome();
      if (found !== undefined) return found;
      await createProject(client, placing, (await findTeam()).id);
      const made = await findHome();
      return made ?? missingProject(placing.linearProject);
    },
    forgetTeams() {
      team = undefined;
      others.clear();
    },
  };
}

async function readTeam(client: LinearClient, wanted: string | null): Promise<Team> {
  const { organization, teams } = await client.ask({
    document: WORKSPACE,
    variables: {},
    shape: workspaceShape,
  });
  const chosen = chosenTeam(teams.nodes, wanted);
  const { id, name } = chosen;
  const states = await readStates(client, chosen);
  return { id, name, states, free: organization.subscription === null };
}

async function readStates(
  client: LinearClient,
  { id, name }: Pick<NamedTeam, 'id' | 'name'>,
): Promise<States> {
  const states = await client.ask({
    document: STATES,
    variables: { team: id },
    shape: statesShape,
  });
  return statesOf(name, states);
}

interface NamedTeam {
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

function chosenTeam(teams: readonly NamedTeam[], wanted: string | null): NamedTeam {
  const meant = wanted?.toLowerCase();
  const fitting = teams.filter(
    ({ id, key, name }) =>
      meant === undefined || [id, key, name].some((one) => one.toLowerCase() === meant),
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const known = plain(teams.map(({ key, name }) => `${key} (${name})`).join(', '));
  const what = wanted === null ? 'which of its teams is meant' : `no team ${plain(wanted)}`;
  throw misplaced(
    teams.length === 0
      ? 'the key in LINEAR_API_KEY sees no team: give it access to one, or make one'
      : `Linear does not know ${what}: set backend.linear_team to one of ${known}`,
  );
}

/** The first of each type, by position: names and languages differ from team to team. */
function statesOf(
  team: string,
  states: readonly { readonly id: string; readonly type: string; readonly position: number }[],
): States {
  const first = (type: string): string => {
    const found = states
      .filter((state) => state.type === type)
      .toSorted((a, b) => a.position - b.position)[0];
    if (found !== undefined) return found.id;
    throw misplaced(
      `Linear's team ${plain(team)} has no state of type ${type}: add one under its workflow settings`,
    );
  };
  return {
    todo: first('unstarted'),
    started: first('started'),
    done: first('completed'),
    cancelled: first('canceled'),
  };
}

/**
 * The one that the harness made keeps its id, whatever people call it; else by the name, among those of
 * the team: another team's project of that name is none of ours.
 */
async function readHome(
  client: LinearClient,
  placing: Placing,
  team: Pick<Team, 'id' | 'name'>,
): Promise<Home | undefined> {
  const { linearProject: wanted, project } = placing;
  const own = projectId(placing, team.id);
  const id = isId(wanted) ? wanted : own;
  const found = await client.ask({
    document: PROJECTS,
    variables: { id, name: wanted, team: team.id },
    shape: projectsShape,
  });
  const meant = found.find((one) => one.id === id) ?? found[0];
  if (meant === undefined) return isId(wanted) ? missingProject(wanted) : undefined;
  if (meant.id !== id && found.length > 1)
    throw misplaced(
      `Linear has ${found.length} projects called ${plain(wanted)}: set backend.linear_project to the id of one, as in ${meant.id}`,
    );
  if (!meant.teams.nodes.some((one) => one.id === team.id))
    throw misplaced(
      `Linear's project ${plain(meant.name)} is none of the team ${plain(team.name)}: add the team to it there, or set backend.linear_team or backend.linear_project to others`,
    );
  return { linearProject: meant.id, project, adopted: new Map(), keys: new Map() };
}

async function createProject(
  client: LinearClient,
  placing: Placing,
  teamId: string,
): Promise<void> {
  const name = placing.linearProject.slice(0, 80);
  const input = { id: projectId(placing, teamId), name, teamIds: [teamId] };
  try {
    await client.ask({ document: CREATE_PROJECT, variables: { input }, shape: doneShape });
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== TAKEN) throw error;
  }
}

function projectId({ project, linearProject }: Placing, teamId: string): string {
  return idOf('project', teamId, project, linearProject);
}

function missingProject(wanted: string): never {
  throw misplaced(
    `Linear has no project ${plain(wanted)} that this key sees, or it is in the trash: restore it, or set backend.linear_project to another`,
  );
}

function misplaced(message: string): HarnessError {
  return new HarnessError('TRACKER_MISPLACED', message, { exit: 2 });
}

import { Readable } from 'node:stream';
import { apiStatus } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import { readContainerFile } from '../engine/read-container-file.ts';
import { InputError } from '../ground/errors.ts';
import type { AskedFile, GivenFile, Initialiser, OwnNode } from '../systems/initialiser.ts';
import { initialisers } from '../systems/initialisers.ts';
import { type ContainerNode, containerNode } from './container-node.ts';
import { MOST_BYTES } from './given-files.ts';
import { type Initialised, type InitOptions, placesAndAddresses, writeProposal } from './init.ts';

/** Where containers have what is read out of them. */
const CARRIED = new Set(initialisers.flatMap(({ files }) => files.flatMap(placesOf)));

/**
 * The same around containers that run: their configuration files are read out of them, their images, environments and
 * addresses are the nodes'. The containers are not changed.
 * @throws InputError for a container that is not there, and where they are no pair.
 */
export async function initFromContainers(
  engine: Engine,
  containers: readonly string[],
  { address, name, out }: Omit<InitOptions, 'files'>,
): Promise<Initialised> {
  if (containers.length < 2)
    throw new InputError('--from-docker wants the containers of a pair: two or more');
  const nodes: ContainerNode[] = [];
  for (const container of containers) nodes.push(await look(engine, container, CARRIED));
  const kind = await kindOf(engine, containers);
  const files = new Map<string, Map<string, GivenFile>>();
  for (const asked of kind.files) files.set(asked.option, await filesOf(engine, asked, nodes));
  const found = nodes.flatMap((node) =>
    [...node.addresses].map(([own, text]): [string, string] => [`${node.name}:${own}`, text]),
  );
  const given = {
    files,
    nodes: nodes.map((node) => node.name),
    own: new Map(nodes.map((node): [string, OwnNode] => [node.name, node.own])),
    found: new Map(found),
  };
  const made = await writeProposal(kind, given, placesAndAddresses(address), { name, out });
  const left_out = nodes.flatMap((node) =>
    node.left_out.map((what) => `${node.name}: ${what} is not carried over`),
  );
  const own_images = nodes.map(
    ({ name: node, own: { image, argv } }) =>
      `${node} has the container's image ${image}` +
      (argv === undefined
        ? ', which has no shell at /bin/sh: its daemons must wait for their interfaces themselves'
        : ` and runs what the container ran (${argv.join(' ')}) once the lab has given it its addresses`),
  );
  return { ...made, notes: [...left_out, ...own_images, ...made.notes] };
}

/** The kind of pair whose first file all containers have. */
async function kindOf(engine: Engine, containers: readonly string[]): Promise<Initialiser> {
  for (const kind of initialisers) {
    const [first] = kind.files;
    const all = await Promise.all(containers.map((one) => readOne(engine, one, first!)));
    if (all.every((one) => one !== undefined)) return kind;
  }
  const known = initialisers.map(({ files, pair }) => `${files[0]!.at} (${pair})`);
  throw new InputError(
    `--from-docker ${containers.join(' ')}: they are no pair that hadrill init knows: all must have one of ${known.join(', ')}`,
  );
}

async function look(
  { docker }: Engine,
  container: string,
  carried: ReadonlySet<string>,
): Promise<ContainerNode> {
  try {
    const seen = await docker.getContainer(container).inspect();
    const image = await docker.getImage(seen.Image).inspect();
    return containerNode(seen, image, carried, await hasFile(docker, container, '/bin/sh'));
  } catch (error) {
    if (apiStatus(error) !== 404) throw error;
    throw new InputError(`--from-docker ${container}: there is no such container`, {
      remedy: '`docker ps` shows those that run',
    });
  }
}

async function hasFile(docker: Engine['docker'], container: string, file: string): Promise<boolean> {
  try {
    const answer: unknown = await docker.getContainer(container).infoArchive({ path: file });
    // An answer that nobody reads keeps the connection, and with it the process.
    if (answer instanceof Readable) answer.resume();
    return true;
  } catch (error) {
    if (apiStatus(error) === 404) return false;
    throw error;
  }
}

/** One that is the same in all containers is given once, where they may share it. */
async function filesOf(
  engine: Engine,
  asked: AskedFile,
  nodes: readonly ContainerNode[],
): Promise<Map<string, GivenFile>> {
  const files = new Map<string, GivenFile>();
  for (const { name } of nodes) {
    const file = await readOne(engine, name, asked);
    if (!file) throw new InputError(`container '${name}' has no ${asked.at} (${asked.what})`);
    files.set(name, file);
  }
  const [first, ...others] = files.values();
  return asked.shared && others.every(({ text }) => text === first!.text) ? new Map([['', first!]]) : files;
}

async function readOne(engine: Engine, container: string, asked: AskedFile): Promise<GivenFile | undefined> {
  for (const at of placesOf(asked)) {
    const content = await readContainerFile(engine, container, at, MOST_BYTES);
    if (content) return { file: `${container}:${at}`, text: new TextDecoder().decode(content) };
  }
  return undefined;
}

function placesOf({ at, or_at = [] }: AskedFile): string[] {
  return [...or_at, at];
}

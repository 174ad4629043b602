import type Docker from 'dockerode';
import { EnvironmentError, InputError, type InputProblem } from '../ground/errors.ts';
import type { Engine } from './connect.ts';
import { type EnsureOptions, ensureImages, imagesPresent } from './ensure-images.ts';
import { findImage } from './find-image.ts';
import { imageCatalogue } from './image-catalogue.ts';
import { pullImage } from './pull-image.ts';
import { unknownOwnImage } from './unknown-image.ts';

/** The image that a node runs, as the engine has it. */
export interface NodeImage {
  /** What to create the container from: a content tag for hadrill's own images, else as written. */
  tag: string;
  /** `sha256:...` of the image's configuration. */
  id: string;
  /** The registry's digest where there is one, else the id: what a journal records. */
  digest: string;
  /** From the label `hadrill.capabilities`: what the daemons inside need, `['NET_ADMIN', 'NET_RAW']`. */
  capabilities: string[];
  /** `NAME=value` */
  env: string[];
  entrypoint: string[];
  cmd: string[];
  labels: Record<string, string>;
}

/** As much of a topology's node as matters here. */
export interface ImageUser {
  name: string;
  image: string;
}

/**
 * The images of the nodes, by the name that is written in the topology. `hadrill/NAME` is built when it is
 * missing; any other image is pulled when the engine does not have it.
 * @throws InputError naming every node whose image exists nowhere; EnvironmentError when an image exists
 *   but cannot be had.
 */
export async function imagesOfNodes(
  engine: Engine,
  nodes: readonly ImageUser[],
  options: EnsureOptions = {},
): Promise<Map<string, NodeImage>> {
  const catalogue = await imageCatalogue(options.imagesDir);
  const users = new Map<string, string[]>();
  for (const node of nodes) users.set(node.image, [...(users.get(node.image) ?? []), node.name]);
  const own = new Map([...users.keys()].flatMap((image) => ownName(image, catalogue)));
  const others = [...users.keys()].filter((image) => !own.has(image));
  const problems: InputProblem[] = [];
  const found = new Map<string, NodeImage>();
  // The unknown ones first: a typing error should not wait for a build.
  for (const image of others) {
    const result = await foreignImage(engine, image, users.get(image)!, catalogue.keys(), options);
    if ('message' in result) problems.push(result);
    else found.set(image, result);
  }
  if (problems.length > 0) throw new InputError(problems);
  if (own.size === 0) return found;
  const ensured = await ensureImages(engine, own.values(), options);
  await Promise.all(
    [...own].map(async ([image, name]) => {
      const { tag, id } = ensured.get(name)!;
      found.set(image, nodeImage(tag, (await findImage(engine, id))!));
    }),
  );
  return found;
}

/**
 * hadrill's own images, by the name that is written in a topology, as far as they are built in their present
 * content. Builds nothing: a look ahead for a command that does not know yet what it needs.
 */
export async function builtImages(engine: Engine): Promise<Map<string, NodeImage>> {
  const built = new Map<string, NodeImage>();
  const looks = [...(await imagesPresent(engine))].map(async ([name, { tag, present }]) => {
    const image = present ? await findImage(engine, tag) : undefined;
    if (image) built.set(`hadrill/${name}`, nodeImage(tag, image));
  });
  await Promise.all(looks);
  return built;
}

const OWN = /^hadrill\/([^:@/]+)(?::(.*))?$/;

function ownName(image: string, catalogue: ReadonlyMap<string, unknown>): [string, string][] {
  const match = OWN.exec(image);
  const [, name, tag] = match ?? [];
  return name !== undefined && (tag ?? 'latest') === 'latest' && catalogue.has(name) ? [[image, name]] : [];
}

async function foreignImage(
  engine: Engine,
  image: string,
  nodes: readonly string[],
  ownNames: Iterable<string>,
  options: EnsureOptions,
): Promise<NodeImage | InputProblem> {
  const local = await findImage(engine, image);
  if (local) return nodeImage(image, local);
  const who = `${nodes.length > 1 ? 'nodes' : 'node'} ${nodes.join(', ')}: `;
  if (image.startsWith('hadrill/')) return ownImageProblem(image, who, [...ownNames]);
  const failure = await pullImage(engine, image, options);
  const pulled = failure ? undefined : await findImage(engine, image);
  if (pulled) return nodeImage(image, pulled);
  const known = [...ownNames].sort().map((name) => `hadrill/${name}`);
  const what = `${who}the engine does not have the image ${image} and cannot pull it: ${failure?.reason ?? 'nothing came'}`;
  if (failure?.unknown_image) {
    return {
      message: `${what}\nuse an image that can be pulled, or one of hadrill's own: ${known.join(', ')}`,
    };
  }
  throw new EnvironmentError(what, {
    remedy: `\`docker pull\` or \`docker load\` it, or use one of hadrill's own: ${known.join(', ')}`,
  });
}

/** `hadrill/` is this project's own prefix: such an image never comes from a registry. */
function ownImageProblem(image: string, who: string, ownNames: readonly string[]): InputProblem {
  const [, name = image.slice('hadrill/'.length), tag] = OWN.exec(image) ?? [];
  if (tag !== undefined && ownNames.includes(name)) {
    return { message: `${who}the engine has no ${image}; write hadrill/${name} for the present one` };
  }
  return { message: who + unknownOwnImage(name, ownNames).message };
}

function nodeImage(tag: string, image: Docker.ImageInspectInfo): NodeImage {
  const labels = image.Config.Labels ?? {};
  return {
    tag,
    id: image.Id,
    digest: image.RepoDigests?.[0]?.replace(/^.*@/, '') ?? image.Id,
    capabilities: (labels['hadrill.capabilities'] ?? '').split(/\s+/).filter((word) => word !== ''),
    env: image.Config.Env ?? [],
    entrypoint: [image.Config.Entrypoint ?? []].flat(),
    cmd: image.Config.Cmd ?? [],
    labels,
  };
}

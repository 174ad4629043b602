import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { imageProblem } from './container-words.ts';
import { BUILT_ON_LABEL, shippedImage } from './shipped-image.ts';
import type { Topology } from './topology.ts';

/** Name of an image in topology files to the one that nodes run instead. */
export type ImageChoice = Readonly<Record<string, string>>;

/**
 * The topology with other images in its nodes, and which of the choices a node had. To hadrill a node stays what it was.
 */
export function replaceImages(
  topology: Topology,
  choice: ImageChoice,
): { topology: Topology; replaced: Record<string, string> } {
  const used = new Set(topology.nodes.map(({ image }) => image));
  const replaced = Object.fromEntries(Object.entries(choice).filter(([image]) => used.has(image)));
  const nodes = topology.nodes.map((node) =>
    Object.hasOwn(replaced, node.image)
      ? {
          ...node,
          image: replaced[node.image]!,
          labels: { ...node.labels, [BUILT_ON_LABEL]: shippedImage(node) },
        }
      : node,
  );
  return { topology: { ...topology, nodes }, replaced };
}

/**
 * The images that `--image` names: `NAME=OTHER`.
 * @throws InputError with each that cannot be.
 */
export function chosenImages(words: readonly string[]): ImageChoice {
  const pairs = words.map((word): [string, string] => {
    const at = word.indexOf('=');
    return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
  });
  const problems = pairs.flatMap(([name, other]) => {
    if (name === '' || other === '')
      return [`--image '${name}': write NAME=OTHER, such as hadrill/router=example/router:2.2`];
    const wrong = imageProblem(other);
    return wrong === undefined ? [] : [`--image ${name}: ${wrong}`];
  });
  if (problems.length > 0) throw new InputError(problems.map((message) => ({ message })));
  return Object.fromEntries(pairs);
}

/** What is wrong with an image that no node has; undefined where one has it. */
export function unusedImage(name: string, used: readonly string[]): string | undefined {
  if (used.includes(name)) return undefined;
  return `no node has the image '${name}'${didYouMean(name, used)}; they have ${[...new Set(used)].sort().join(', ')}`;
}

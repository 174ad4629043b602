import { type LoadDrillOptions, type LoadedDrill, loadDrill } from '../drill/load-drill.ts';
import { InputError } from '../ground/errors.ts';
import { refuseUnasked } from '../topology/named-variables.ts';
import { chosenImages, unusedImage } from '../topology/replace-images.ts';

/** What a command that runs drills was asked for. */
interface AskedDrills {
  drills: readonly string[];
  profile?: string;
  image?: string[];
  strict?: boolean;
}

/**
 * Reads all drills that a command names.
 * @param variables of `--var`, by name.
 * @throws InputError for what is wrong with a drill, and for a variable or an image of the options that none of them has.
 */
export async function loadDrills(
  { drills, profile, image = [], strict = false }: AskedDrills,
  variables: Record<string, string>,
  more: Pick<LoadDrillOptions, 'allow_host_binds' | 'environment'> = {},
): Promise<LoadedDrill[]> {
  const images = chosenImages(image);
  const how = { ...more, strict, variables, images };
  const loaded = await Promise.all(drills.map((name) => loadDrill(name, profile, how)));
  refuseUnasked(
    variables,
    loaded.flatMap(({ asked }) => asked),
  );
  const used = loaded.flatMap((one) => one.images);
  const unused = Object.keys(images).flatMap((name) => unusedImage(name, used) ?? []);
  if (unused.length > 0) throw new InputError(unused.map((message) => ({ message: `--image: ${message}` })));
  return loaded;
}

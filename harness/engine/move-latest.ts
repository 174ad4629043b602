import type { Engine } from './connect.ts';

/** Moves `hadrill/NAME:latest` to an image, unless it is there already. */
export async function moveLatest(
  engine: Engine,
  image: { name: string; tag: string; id: string },
  present: Map<string, string>,
): Promise<void> {
  if (present.get(`hadrill/${image.name}:latest`) === image.id) return;
  await engine.docker.getImage(image.tag).tag({ repo: `hadrill/${image.name}`, tag: 'latest' });
}

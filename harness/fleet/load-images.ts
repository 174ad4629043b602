import type { Readable } from 'node:stream';
import type { Engine } from '../engine/connect.ts';
import { connectEngines, type NamedEngine } from '../engine/connect-engines.ts';
import type { EngineAddress } from '../engine/engine-list.ts';
import { imagesPresent } from '../engine/ensure-images.ts';
import { findImage } from '../engine/find-image.ts';
import { followProgress } from '../engine/follow-progress.ts';
import { EnvironmentError } from '../ground/errors.ts';

/** From which engine, and who is told. */
export interface Source {
  engine: Engine;
  signal: AbortSignal;
  say: (line: string) => void;
}

/**
 * Brings hadrill's image, and those of its labs that this engine has, to other engines, as they are here: a run wants the same
 * images on all of its nodes.
 * @throws as `connectEngines`; EnvironmentError when an engine does not take them.
 */
export async function loadImages(source: Source, addresses: readonly EngineAddress[]): Promise<void> {
  const engines = await connectEngines(addresses);
  const here = [...(await imagesPresent(source.engine))];
  const wanted = here
    .filter(([name, { present, on_demand }]) => present && (!on_demand || name === 'harness'))
    .map(([, { tag }]) => tag);
  await Promise.all(engines.map((engine) => loadInto(engine, source, wanted)));
}

async function loadInto(engine: NamedEngine, source: Source, wanted: readonly string[]): Promise<void> {
  const there = await Promise.all(
    wanted.map(
      async (tag) => (await findImage(engine, tag))?.Id === (await findImage(source.engine, tag))?.Id,
    ),
  );
  const missing = wanted.filter((_, at) => !there[at]);
  if (missing.length === 0) return;
  source.say(`${engine.name}: loading ${missing.join(', ')}`);
  const answer = await engine.docker.loadImage(await save(source.engine, missing));
  let error: string | undefined;
  await followProgress(
    engine.docker,
    answer,
    (event) => {
      error ??= event.error;
    },
    source.signal,
  );
  if (error !== undefined)
    throw new EnvironmentError(`engine '${engine.name}' does not take the images: ${error}`);
}

/** Several images as one archive, each layer once (Docker Engine API, `GET /images/get`). */
function save({ docker }: Engine, names: readonly string[]): Promise<Readable> {
  const query = names.map((name) => `names=${encodeURIComponent(name)}&`).join('');
  const question = {
    // The client takes the last character of a query away where it adds none of its own.
    path: `/images/get?${query}`,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(question, (error, tar) => (error ? reject(error) : resolve(tar as Readable)));
  });
}

import { EnvironmentError, HadrillError, InputError, messageOf } from '../ground/errors.ts';
import { connectEngine, type Engine } from './connect.ts';
import { describeEngine, type EngineDetails } from './describe-engine.ts';
import type { EngineAddress } from './engine-list.ts';
import { tooOld } from './least-version.ts';

/** One of several engines, by the name that the user gave it. */
export interface NamedEngine extends Engine {
  name: string;
  details: EngineDetails;
}

/**
 * Connects to all of them at once.
 * @throws InputError where two names are of one engine; EnvironmentError that says of each engine that cannot be used why,
 * and what to do.
 */
export async function connectEngines(
  addresses: readonly EngineAddress[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<NamedEngine[]> {
  const connected = await Promise.allSettled(addresses.map((one) => connectOne(one, environment)));
  const failed = connected.flatMap((one, at) =>
    one.status === 'rejected' ? [{ name: addresses[at]!.name, error: one.reason as unknown }] : [],
  );
  if (failed.length > 0) throw unusable(failed);
  const engines = connected.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const same = sameEngines(engines);
  if (same.length > 0) throw new InputError(same.map((message) => ({ message: `--engines: ${message}` })));
  return engines;
}

/** @throws EnvironmentError when it does not answer, or is too old. */
export async function connectOne(
  { name, env }: EngineAddress,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<NamedEngine> {
  const engine = await connectEngine({ ...environment, ...env }, '--engines');
  const old = tooOld(engine.info);
  if (old) throw new EnvironmentError(old.message, { remedy: old.remedy });
  return { ...engine, env, name, details: await describeEngine(engine) };
}

function unusable(failed: readonly { name: string; error: unknown }[]): unknown {
  const unforeseen = failed.find(({ error }) => !(error instanceof HadrillError));
  if (unforeseen) return unforeseen.error;
  const lines = failed.map(({ name, error }) => `engine '${name}': ${messageOf(error)}`);
  const remedies = failed.flatMap(({ name, error }) => {
    const { remedy } = error as HadrillError;
    return remedy === undefined ? [] : [failed.length === 1 ? remedy : `engine '${name}': ${remedy}`];
  });
  return new EnvironmentError(lines.join('\n'), {
    cause: failed[0]!.error,
    ...(remedies.length > 0 ? { remedy: remedies.join('\n') } : {}),
  });
}

/** Which names are of one engine, a sentence each: its trials would disturb each other, and count as those of two machines. */
export function sameEngines(engines: readonly NamedEngine[]): string[] {
  return [...Map.groupBy(engines, identityOf).values()].flatMap((same) => {
    if (same.length < 2) return [];
    const names = same.map(({ name, info }) => `'${name}' (${info.url})`).join(' and ');
    const { machine = 'an unnamed machine', id } = same[0]!.details;
    const by = id === undefined ? '' : `, by its ID ${id}`;
    return [`${names} are one engine, on ${machine}${by}: name it once`];
  });
}

/**
 * What tells an engine from others, however it is reached. Its ID alone does not: two engines of Docker 20.10 on one machine
 * have the machine's key (/etc/docker/key.json) for their ID, and Podman makes up another one for each answer (4.3.1,
 * `pkg/api/handlers/compat/info.go`). But no two engines of one machine have one folder.
 */
export function identityOf({ info, details }: Pick<NamedEngine, 'info' | 'details'>): string {
  const id = info.name === 'docker' ? details.id : undefined;
  return [id ?? '', details.machine ?? info.url, details.root_dir].join(' ');
}

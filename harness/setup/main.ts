import { parseArgs } from 'node:util';
import { ensureImages } from '../engine/ensure-images.ts';
import { imageCatalogue } from '../engine/image-catalogue.ts';
import { ExitCode, HadrillError, InputError, InterruptedError, messageOf } from '../ground/errors.ts';
import { readyEngine } from './ready-engine.ts';

const USAGE = `usage: npm run setup [-- OPTION...]
Makes this machine ready for drills: a container engine that answers, and hadrill's own images.
Does nothing where nothing is to do.
  --engine-only, --no-images   the engine, not the images
  --all-images                 those too that are built only when something asks for them
  --image NAME                 this one alone: harness is hadrill itself, for containers with the engine's socket
  --help                       this text
environment: HADRILL_NO_ENGINE_INSTALL=1 never installs or starts an engine
             HADRILL_DEBIAN=registry|debootstrap|IMAGE says where Debian comes from`;

function say(line: string): void {
  process.stderr.write(`hadrill: ${line}\n`);
}

async function setUp(args: string[], signal: AbortSignal): Promise<void> {
  const flags = readFlags(args);
  if (flags.help) {
    process.stderr.write(`${USAGE}\n`);
    return;
  }
  const engine = await readyEngine(say);
  if (flags['engine-only'] || flags['no-images']) return;
  const images = [...(await imageCatalogue()).values()];
  const usual = images.filter((one) => !one.on_demand || flags['all-images']).map(({ name }) => name);
  await ensureImages(engine, flags.image ?? usual, { onProgress: say, signal });
}

interface Flags {
  help?: boolean;
  'engine-only'?: boolean;
  'no-images'?: boolean;
  'all-images'?: boolean;
  image?: string[];
}

function readFlags(args: string[]): Flags {
  const flag = { type: 'boolean' } as const;
  try {
    const image = { type: 'string', multiple: true } as const;
    const options = { help: flag, 'engine-only': flag, 'no-images': flag, 'all-images': flag, image };
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new InputError(messageOf(error), { remedy: 'see `npm run setup -- --help`' });
  }
}

// The set-up goes on when its messages are not read any more.
process.stderr.on('error', () => undefined);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort(new InterruptedError()));
}
try {
  await setUp(process.argv.slice(2), stop.signal);
} catch (error) {
  if (!(error instanceof HadrillError)) throw error;
  say(error.message);
  if (error.remedy) say(`what to do: ${error.remedy}`);
  process.exitCode = error.exitCode;
}
// Connections that the engine keeps open must not keep this process.
process.exit(process.exitCode ?? ExitCode.pass);

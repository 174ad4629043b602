import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { EnvironmentError } from '../ground/errors.ts';
import { apiMessage } from './api-status.ts';
import type { Engine } from './connect.ts';
import type { TaggedImage } from './content-tag.ts';
import { followProgress, type OnProgress, type ProgressEvent } from './follow-progress.ts';
import type { ImageFile } from './image-files.ts';

export interface BuildOptions {
  /** What `ARG BASE` (the parent's content tag) and `ARG DEBIAN` become. */
  base: string | undefined;
  debian: string | undefined;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

const OUTPUT_LINES = 20;
/** Docker's `Step 2/5 : RUN true`, Podman's `STEP 2/5: RUN true`. */
const STEP = /^(?:Step|STEP) (\d+\/\d+) ?: (.*)$/;
/** A layer that a step made. */
const LAYER = /^ ?-{2,3}> /;

/**
 * Builds one image with the engine's classic builder and tags it with its content tag. The builder's
 * containers are removed by the engine whether the build succeeds, fails or is aborted.
 * @throws EnvironmentError naming the image, the step that failed and its last output.
 */
export async function buildImage(engine: Engine, image: TaggedImage, options: BuildOptions): Promise<void> {
  const watch = new BuildWatch(image.name, options.onProgress);
  options.onProgress?.(`hadrill/${image.name}: building ${image.tag}`);
  try {
    const stream = await engine.docker.buildImage(buildContext(image.files), {
      t: image.tag,
      rm: true,
      forcerm: true,
      networkmode: 'host',
      buildargs: buildArgs(options),
      labels: { 'hadrill.image': image.name, 'hadrill.content': image.hash },
      ...(options.signal ? { abortSignal: options.signal } : {}),
    });
    await followProgress(engine.docker, stream, (event) => watch.see(event), options.signal);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw watch.failure(apiMessage(error), error);
  }
  if (watch.error !== undefined) throw watch.failure(watch.error, undefined);
}

/** The engine's own proxy is not the build's: the predefined proxy arguments reach the package manager, not the image. */
const PROXY_ARGS = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

function buildArgs(options: BuildOptions): Record<string, string> {
  const args: Record<string, string> = {};
  if (options.base !== undefined) args.BASE = options.base;
  if (options.debian !== undefined) args.DEBIAN = options.debian;
  for (const name of PROXY_ARGS) {
    const value = process.env[name];
    if (value) args[name] = value;
  }
  return args;
}

/** The folder as a tar, without times and owners, so that the builder's cache sees only content. */
function buildContext(files: readonly ImageFile[]): NodeJS.ReadableStream {
  const tar = pack();
  for (const file of files) {
    const header = { name: file.path, mode: file.executable ? 0o755 : 0o644, mtime: new Date(0) };
    if (file.kind === 'link') {
      tar.entry({ ...header, type: 'symlink', linkname: file.bytes.toString() });
    } else {
      tar.entry(header, file.from === undefined ? file.bytes : readFileSync(file.from));
    }
  }
  tar.finalize();
  return Readable.from(tar);
}

/** Remembers the step that runs and the last lines of output, for people. */
class BuildWatch {
  error: string | undefined;
  private step = '';
  private readonly lines: string[] = [];
  private readonly name: string;
  private readonly onProgress: OnProgress | undefined;

  constructor(name: string, onProgress: OnProgress | undefined) {
    this.name = name;
    this.onProgress = onProgress;
  }

  see(event: ProgressEvent): void {
    if (event.error !== undefined) this.error = event.error.trim();
    for (const line of (event.stream ?? '').split('\n')) {
      const step = STEP.exec(line);
      if (step) {
        this.step = `${step[1]}: ${step[2]!.replace(/\s+/g, ' ')}`;
        this.lines.length = 0;
        this.onProgress?.(`hadrill/${this.name}: step ${shortened(this.step)}`);
      } else if (line.trim() !== '' && !LAYER.test(line)) {
        this.lines.push(line.trimEnd());
        if (this.lines.length > OUTPUT_LINES) this.lines.shift();
      }
    }
  }

  failure(reason: string, cause: unknown): EnvironmentError {
    const where = this.step === '' ? '' : ` at step ${this.step}`;
    const output = this.lines.map((line) => `\n  | ${line}`).join('');
    const text = `${reason}\n${this.lines.join('\n')}`;
    return new EnvironmentError(
      `the image hadrill/${this.name} could not be built${where}\n${reason}${output && `\nlast output:${output}`}`,
      { remedy: remedyFor(this.name, text), cause },
    );
  }
}

const PROGRESS_WIDTH = 90;

function shortened(text: string): string {
  return text.length <= PROGRESS_WIDTH ? text : `${text.slice(0, PROGRESS_WIDTH - 3)}...`;
}

function remedyFor(name: string, text: string): string {
  if (/no space left/i.test(text)) return "make room on the engine's disk";
  if (/resolv|Failed to fetch|Unable to connect|Connection (failed|timed out|refused)/i.test(text)) {
    return "let the engine's machine reach Debian's packages (name resolution, proxy: HTTP_PROXY), then repeat";
  }
  return `fix images/${name}/Dockerfile, then repeat`;
}

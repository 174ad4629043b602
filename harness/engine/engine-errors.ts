import { EnvironmentError, HadrillError, messageOf, UnknownError } from '../ground/errors.ts';

/** What was asked of the engine. */
export interface EngineQuestion {
  /** `GET` */
  method: string;
  /** `/containers/ab12.../json` */
  path: string;
}

/** The engine answered with an error. */
export class EngineRefusalError extends UnknownError {
  /** The HTTP status. */
  readonly statusCode: number;
  /** The engine's own words. */
  readonly words: string;

  constructor({ method, path }: EngineQuestion, statusCode: number, words: string, cause: unknown) {
    super(`the engine answered ${statusCode} to ${method} ${path}: ${words}`, { cause });
    this.statusCode = statusCode;
    this.words = words;
  }
}

/** The engine is away, or does not answer. `code` is the system's error code, or `TIMEOUT`. */
export class EngineGoneError extends EnvironmentError {
  readonly code: string;

  constructor({ method, path }: EngineQuestion, code: string, reason: string, cause: unknown) {
    super(`the engine does not answer any more (${method} ${path}): ${reason}`, {
      cause,
      remedy: 'see that the engine runs; then `hadrill gc` removes what may be left of the lab',
    });
    this.code = code;
  }
}

/** System errors of a connection to an engine that is not there, or that was ended. */
const GONE = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];

/** What the client's errors mean, for people. What is not an error of talking to the engine is given back as it is. */
export function engineError(error: unknown, asked: EngineQuestion): unknown {
  if (error instanceof HadrillError || !(error instanceof Error)) return error;
  const question = { method: asked.method, path: shortPath(asked.path) };
  const status = Reflect.get(error, 'statusCode');
  if (typeof status === 'number') return new EngineRefusalError(question, status, ownWords(error), error);
  const code = Reflect.get(error, 'code');
  if (typeof code !== 'string' || !GONE.includes(code)) return error;
  return new EngineGoneError(question, code, messageOf(error), error);
}

/** The engine's own words, without the wrapping of the HTTP client. */
export function ownWords(error: Error): string {
  return error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}

/** Without the query, and with ids as people know them. */
function shortPath(path: string): string {
  return path.replace(/\?.*$/, '').replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12));
}

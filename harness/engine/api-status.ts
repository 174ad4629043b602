import { EngineRefusalError, ownWords } from './engine-errors.ts';

/** The HTTP status of an error that the engine answered with; `undefined` when it is not an answer of the engine. */
export function apiStatus(error: unknown): number | undefined {
  const status = field(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** The operating system's error code (`ENOENT`, `ECONNREFUSED` ...), also of an error's cause. */
export function systemCode(error: unknown): string | undefined {
  const code = field(error, 'code');
  if (typeof code === 'string') return code;
  return error instanceof Error && error.cause ? systemCode(error.cause) : undefined;
}

/** The engine's own words, without the wrapping of the HTTP client. */
export function apiMessage(error: unknown): string {
  if (error instanceof EngineRefusalError) return error.words;
  return error instanceof Error ? ownWords(error) : String(error).trim();
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

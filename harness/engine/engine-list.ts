import { InputError, type InputProblem } from '../ground/errors.ts';

/** One of several engines, as the user names it. */
export interface EngineAddress {
  /** In reports and messages. */
  name: string;
  /** As it was written, without what follows a `?`: `tcp://host:2376`, `context:lab`. */
  url: string;
  /** What stands in the environment of the commands that use this engine alone; an empty value unsets a variable. */
  env: Readonly<Record<string, string>>;
}

const WANTED = 'NAME=URL, and the next after a comma, such as a=unix:///var/run/docker.sock,b=ssh://ops@lab2';
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;
const SCHEMES = /^(?:(?:unix|npipe|tcp|http|https|ssh):\/\/.|context:.)/;
/** What may follow a `?`, and the variable that says the same of the only engine. */
const OPTIONS = {
  certs: 'DOCKER_CERT_PATH',
  key: 'HADRILL_SSH_KEY',
  socket: 'HADRILL_ENGINE_SOCKET',
} as const;

/**
 * Reads a list of engines: `NAME=URL,NAME=URL`. A URL is one that DOCKER_HOST may have, or `context:NAME` for a context of
 * the docker command. After a `?`, and with a `&` between them: `certs=DIR` (ca.pem, cert.pem and key.pem), `key=FILE` (a
 * private key for SSH), `socket=PATH` (the engine's socket on its own machine).
 * @throws InputError with all that is wrong.
 */
export function parseEngineList(text: string): EngineAddress[] {
  const problems: InputProblem[] = [];
  const engines: EngineAddress[] = [];
  for (const [at, word] of text.split(',').entries()) {
    const read = parseOne(word.trim(), at + 1);
    if (typeof read === 'string') problems.push({ message: `--engines: ${read}` });
    else engines.push(read);
  }
  problems.push(...repeated(engines, 'name', 'two engines are named'));
  problems.push(...repeated(engines, 'url', 'two engines have the address'));
  if (problems.length > 0) throw new InputError(problems);
  return engines;
}

/** @returns what is wrong, in words. */
function parseOne(word: string, number: number): EngineAddress | string {
  const at = word.indexOf('=');
  const schemeAt = word.search(/:\/\/|context:/);
  if (at < 1 || (schemeAt !== -1 && schemeAt < at)) {
    const found = word === '' ? 'is empty' : `is '${word}', without a name`;
    return `engine ${number} ${found}: write ${WANTED}`;
  }
  const name = word.slice(0, at);
  if (!NAME.test(name))
    return `'${name}' is not a name for an engine: letters, digits, '_', '.' and '-', at most 32`;
  const [url = '', ...rest] = word.slice(at + 1).split('?');
  if (!SCHEMES.test(url))
    return `engine '${name}' has the address '${url}': write unix:///PATH, tcp://HOST:2376, ssh://USER@HOST or context:NAME`;
  const options = optionsOf(name, rest.join('?'));
  return typeof options === 'string' ? options : { name, url, env: { ...environmentOf(url), ...options } };
}

function optionsOf(name: string, written: string): Record<string, string> | string {
  const env: Record<string, string> = {};
  for (const [option, value] of new URLSearchParams(written)) {
    const variable = OPTIONS[option as keyof typeof OPTIONS];
    if (!Object.hasOwn(OPTIONS, option) || variable === undefined)
      return `engine '${name}' has the option '${option}': there are ${Object.keys(OPTIONS).join(', ')}`;
    if (value === '') return `engine '${name}': the option '${option}' has no value`;
    env[variable] = value;
  }
  return env;
}

function environmentOf(url: string): Record<string, string> {
  // What is said of the only engine's socket says nothing of this one.
  const own = { HADRILL_ENGINE_SOCKET: '' };
  return url.startsWith('context:')
    ? { ...own, DOCKER_HOST: '', DOCKER_CONTEXT: url.slice('context:'.length) }
    : { ...own, DOCKER_HOST: url, DOCKER_CONTEXT: '' };
}

function repeated(
  engines: readonly EngineAddress[],
  key: 'name' | 'url',
  words: string,
): readonly InputProblem[] {
  const all = Map.groupBy(engines, (engine) => engine[key]);
  return [...all].flatMap(([value, same]) =>
    same.length > 1 ? [{ message: `--engines: ${words} '${value}': each engine is named once` }] : [],
  );
}

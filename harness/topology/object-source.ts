import type { YamlSource } from './yaml-source.ts';

/**
 * What a program says, to be checked as a file is: a problem's place is the way to it, `measure(): probes.udp.to`.
 * @param what the place of all of it: the function that was called.
 */
export function objectSource(what: string, data: Readonly<Record<string, unknown>>): YamlSource {
  return {
    file: what,
    text: '',
    data,
    problems: [],
    positionOf: (path) => ({ file: path.length > 0 ? `${what}: ${path.join('.')}` : what }),
    textOf: () => undefined,
  };
}

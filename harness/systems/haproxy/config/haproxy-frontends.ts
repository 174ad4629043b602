import { addressOf } from './haproxy-address.ts';
import { HAPROXY_SECTION } from './haproxy-conf.ts';
import { type HaproxyLine, parseHaproxySyntax } from './haproxy-syntax.ts';

/** A place where HAProxy takes connections. */
export interface HaproxyBind {
  /** The `frontend` or `listen` section. */
  section: string;
  /** undefined: every address. */
  address: string | undefined;
  port: number;
  /** It wants TLS. */
  tls: boolean;
  /** The path that it answers itself (`monitor-uri`). */
  monitor: string | undefined;
}

/** The TCP ports that an haproxy.cfg takes connections at (HAProxy Configuration Manual §4.2 and §5.1), in the file's order. */
export function haproxyBinds(text: string, file: string): HaproxyBind[] {
  return sectionsOf(parseHaproxySyntax(text, file, [])).flatMap(({ kind, name, lines }) => {
    if (kind !== 'frontend' && kind !== 'listen') return [];
    const monitor = lines.find(([first]) => first!.text === 'monitor-uri')?.[1]?.text;
    return lines
      .filter(([first]) => first!.text === 'bind')
      .flatMap(([, places, ...options]) => {
        const tls = options.some((word) => word.text === 'ssl');
        return (places?.text.split(',') ?? []).flatMap((place): HaproxyBind[] => {
          const { address, port } = addressOf(place);
          if (port === undefined) return [];
          const own = address === '*' || address === '0.0.0.0' ? undefined : address;
          return [{ section: name, address: own, port, tls, monitor }];
        });
      });
  });
}

function sectionsOf(lines: readonly HaproxyLine[]) {
  const sections: { kind: string; name: string; lines: HaproxyLine[] }[] = [];
  for (const line of lines) {
    const [first, second] = line;
    if (HAPROXY_SECTION.test(first!.text))
      sections.push({ kind: first!.text, name: second?.text ?? '', lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** containerlab's words that stand for something it makes itself (containerlab manual: magic variables). */
const REFUSED: Record<string, string> = {
  __clabNodeDir__: 'hadrill makes no directory per node; write the path relative to the topology file',
  __clabDir__: 'hadrill makes no lab directory; write the path relative to the topology file',
  __clabLabName__: 'the name of a lab is given when it is started',
  __gitBranch__: 'a lab has the same name on every branch',
  __gitHash__: 'a lab has the same name at every commit',
};

/** Why a text cannot be used, when it holds a word of containerlab's that hadrill has no meaning for. */
export function magicProblem(text: string): string | undefined {
  const word = Object.keys(REFUSED).find((candidate) => text.includes(candidate));
  return word && `containerlab's '${word}' is not supported by hadrill: ${REFUSED[word]}`;
}

/** Replaces `__clabNodeName__`. */
export function withNodeName(text: string, node: string): string {
  return text.replaceAll('__clabNodeName__', node);
}

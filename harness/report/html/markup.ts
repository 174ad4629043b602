import { markupText } from '../markup-text.ts';

/** A piece of a page. Only `html` makes one of texts, and it escapes them. */
export class Markup {
  readonly text: string;

  /** @param text markup of our own, never of a run's folder. */
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** A piece of a page: texts are cleaned and escaped, also within an attribute's quotes; undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(textOf)));
}

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'number') return String(Math.round(content * 100) / 100);
  if (typeof content === 'string') return markupText(content);
  return content.map(textOf).join('');
}

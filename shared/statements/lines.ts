/** Lines of a text that comes in pieces, in constant memory. Any line ending; a mark in front of the first is dropped. */

export interface TextLine {
  /** From 1, as an editor counts. */
  readonly number: number;
  readonly text: string;
}

/** No line of any format we read comes near it; a file without line ends must not fill the memory. */
export const MAXIMUM_LINE_CHARACTERS = 64 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

/** @throws RangeError where a line is longer than any format has */
export async function* textLines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  let number = 0;
  const asLine = (text: string): TextLine => {
    number += 1;
    const whole = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    return { number, text: whole.endsWith('\r') ? whole.slice(0, -1) : whole };
  };
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() as string;
    if (rest.length > MAXIMUM_LINE_CHARACTERS) throw new RangeError(`line ${number + parts.length + 1} is too long`);
    for (const part of parts) yield asLine(part);
  }
  rest += decoder.decode();
  if (rest !== '') yield asLine(rest);
}

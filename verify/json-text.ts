/**
 * The JSON documents in a text, in order. vtysh prints the answers of several commands one after the
 * other, without a mark between them; a command that fails leaves a line that is no JSON and ends it.
 */
export function jsonDocuments(text: string): unknown[] {
  const documents: unknown[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter === "\\") at++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') {
      quoted = depth > 0;
    } else if (letter === "{" || letter === "[") {
      if (depth++ === 0) start = at;
    } else if ((letter === "}" || letter === "]") && depth > 0 && --depth === 0) {
      documents.push(JSON.parse(text.slice(start, at + 1)));
    }
  }
  return documents;
}

import { renderText } from "../../../plan/template";

const render = (text: string, variables: object = {}) => renderText("t.njk", text, variables);

describe("a name that nobody gave is an error, with the template and the name", () => {
  it.each([
    ["printed", "{{ missing }}"],
    ["in a condition", "{% if missing %}x{% endif %}"],
    ["in a negated condition", "{% if not missing %}x{% endif %}"],
    ["in an else-if", "{% if false %}x{% elif missing %}y{% endif %}"],
    ["behind a condition that holds", "{% if given or missing2 %}x{% endif %}{{ missing }}"],
    ["in a loop", "{% for each in missing %}x{% endfor %}"],
    ["in a loop's body", "{% for each in list %}{{ missing }}{% endfor %}"],
    ["of a helper of nunjucks", "{% for each in missing(3) %}x{% endfor %}"],
    ["as an object", "{{ missing.name }}"],
  ])("%s", (_where, text) => {
    expect(() => render(text, { given: true, list: [1] })).toThrow(
      "templates/t.njk cannot be rendered: Error: undefined variable `missing`",
    );
  });

  it.each([
    ["{% if node.nmae %}x{% endif %}", "node.nmae"],
    ["{{ node.nmae }}", "node.nmae"],
    ["{% for each in node.nmae %}x{% endfor %}", "node.nmae"],
    ["{% for each in list %}{% if each.nmae %}x{% endif %}{% endfor %}", "list[0].nmae"],
    ["{% if node.constructor %}x{% endif %}", "node.constructor"],
  ])("as a part of an object: %s", (text, name) => {
    expect(() => render(text, { node: { name: "pve01" }, list: [{}] })).toThrow(`\`${name}\``);
  });
});

it("lets a template ask whether an optional value is there, and not print it", () => {
  expect(render("{% if alias %}x{% else %}none{% endif %}", { alias: undefined })).toBe("none");
  expect(render("{% if a.alias %}x{% else %}none{% endif %}", { a: { alias: undefined } })).toBe(
    "none",
  );
  expect(() => render("{{ alias }}", { alias: undefined })).toThrow("cannot be rendered");
});

it("renders lists, objects and loop variables", () => {
  const text =
    "{% for each in list %}{{ loop.index }}{{ each.name }}{% if not loop.last %},{% endif %}{% endfor %}" +
    "{% if list.length == 2 %}!{% endif %}{% for key, value in map %}{{ key }}={{ value }}{% endfor %}";
  expect(render(text, { list: [{ name: "a" }, { name: "b" }], map: { x: 1 } })).toBe("1a,2b!x=1");
});

it("ends lines as Linux does, whatever the checkout wrote", () => {
  expect(render("a\r\nb\r\n")).toBe("a\nb\n");
});

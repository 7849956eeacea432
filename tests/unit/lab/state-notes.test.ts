import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { dropEmptyNotes } from "../../../lab/pulumi";

it("removes the notes beside a state that a kill left empty, and nothing else", () => {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "state-"));
  const stacks = path.join(state, ".pulumi", "stacks", "project");
  fs.mkdirSync(stacks, { recursive: true });
  const write = (name: string, text: string) => fs.writeFileSync(path.join(stacks, name), text);
  write("lab.json", "{}");
  write("lab.json.attrs", "");
  write("lab.json.bak.attrs", '{"md5":"…"}');
  write("other.json", "");
  dropEmptyNotes(state);
  expect(fs.readdirSync(stacks).sort()).toEqual(["lab.json", "lab.json.bak.attrs", "other.json"]);
  fs.rmSync(state, { recursive: true });
  expect(() => dropEmptyNotes(state)).not.toThrow();
});

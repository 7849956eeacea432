import {
  Arguments,
  CannotLook,
  Command,
  EXIT,
  nearest,
  parseCommandLine,
  usageText,
} from "../../../cli/command";
import { runCommandLine } from "../../../cli/run";
import { ConfigError } from "../../../config/violation";

const OPTIONS = {
  stack: { value: "NAME", short: "s", summary: "the stack" },
  wait: { value: "SECONDS", summary: "how long" },
  json: { short: "j", summary: "JSON" },
};

const command = (name: string, run: Command["run"]): Command => ({
  name,
  summary: `what ${name} does`,
  usage: usageText(`${name} [--stack NAME]`, `Does ${name}.`, OPTIONS),
  run,
});

const COMMANDS = [
  command("verify", async (argv) => {
    parseCommandLine("verify", OPTIONS, argv);
    return EXIT.fail;
  }),
  command("render", () => Promise.reject(new TypeError("x is undefined"))),
  command("diff", () =>
    Promise.reject(new ConfigError([{ path: "zone.mtu", reason: "is bad", remedy: "Mend" }])),
  ),
];

async function call(...argv: string[]) {
  let out = "";
  let error = "";
  const code = await runCommandLine(COMMANDS, argv, {
    out: (text) => (out += text),
    error: (text) => (error += text),
  });
  return { code, out, error };
}

describe("help", () => {
  it.each([[], ["--help"], ["-h"], ["help"]])("of everything: %j", async (...argv) => {
    const { code, out } = await call(...argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}verify {2}what verify does$/m);
    expect(out).toMatch(/^ {2}diff {4}what diff does$/m);
  });

  it.each([
    ["help", "render"],
    ["render", "--help"],
    ["render", "--json", "-h"],
  ])("of one command: %s %s", async (...argv) => {
    const { code, out } = await call(...argv);
    expect(code).toBe(0);
    expect(out).toContain("Usage: evpn render");
    expect(out).toMatch(/^ {2}-s, --stack NAME {4}the stack$/m);
    expect(out).toMatch(/^ {6}--wait SECONDS {2}how long$/m);
  });
});

describe("a wrong call ends with 2 and one message", () => {
  it.each([
    [["verfy"], "There is no command `verfy`. Did you mean `verify`?"],
    [["help", "rendr"], "Did you mean `render`?"],
    [["frobnicate"], "There is no command `frobnicate`. `evpn --help` lists them."],
    [["--json"], "Name a command before the option --json"],
    [["verify", "--stac", "lab"], "`evpn verify` has no option --stac. Did you mean --stack?"],
    [["verify", "--constructor"], "has no option --constructor."],
    [["verify", "--stack"], "--stack needs a value: --stack NAME."],
    [["verify", "--json=yes"], "--json is a switch and takes no value."],
    [["verify", "lab"], "`evpn verify` does not take 'lab'."],
  ])("%j", async (argv, message) => {
    const { code, out, error } = await call(...argv);
    expect([code, out]).toEqual([2, ""]);
    expect(error).toContain(message);
    expect(error.trim().split("\n")).toHaveLength(1);
  });

  it("a mistake in the config is its own message, a bug is named as one", async () => {
    const config = await call("diff");
    expect(config).toMatchObject({ code: 2, error: expect.not.stringContaining("bug") });
    expect(config.error).toContain("zone.mtu");
    const bug = await call("render");
    expect(bug.code).toBe(2);
    expect(bug.error).toBe("x is undefined\nThis may be a bug of evpn.\n");
  });
});

it("gives a command's own exit code", async () => {
  expect((await call("verify", "-s", "lab", "-j")).code).toBe(1);
});

it("reads values, switches, words and seconds", () => {
  const args = parseCommandLine("x", OPTIONS, ["-s", "lab", "--wait=30", "-j", "a", "b"], 2);
  expect([args.text("stack"), args.flag("json"), args.positionals]).toEqual([
    "lab",
    true,
    ["a", "b"],
  ]);
  expect([args.seconds("wait", 5), new Arguments({}, []).seconds("wait", 5)]).toEqual([30, 5]);
  for (const wait of ["-1", "1.5", "soon", ""]) {
    expect(() => new Arguments({ wait }, []).seconds("wait", 0)).toThrow(CannotLook);
  }
});

it("guesses only what is near", () => {
  expect(nearest("hostkey", ["verify", "hostkeys"])).toBe("hostkeys");
  expect(nearest("xyz", ["verify", "hostkeys"])).toBeUndefined();
});

// The command plugin's stand-in under a real engine, against a real SSH server.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Project } from "./engine";
import { project } from "./engine";
import type { SshShell } from "./ssh-shell";
import { anotherHostKey, sshShell } from "./ssh-shell";

jest.setTimeout(180_000);

let server: SshShell;
let work: Project;

beforeEach(async () => {
  server = await sshShell(["GREETING"]);
  work = await project();
});
afterEach(async () => {
  work.close();
  await server.close();
});

interface Args {
  create?: string;
  update?: string;
  delete?: string;
  stdin?: string;
  environment?: Record<string, string>;
  triggers?: unknown[];
  connection?: Record<string, unknown>;
}

/** A program with one remote command named "block". */
function program({ connection, ...args }: Args): string {
  const fullConnection = {
    host: "127.0.0.1",
    port: server.port,
    privateKey: server.privateKey,
    hostKey: server.hostKey,
    dialErrorLimit: 1,
    ...connection,
  };
  return `import { remote } from "@pulumi/command";
    const block = new remote.Command("block", {
      ...${JSON.stringify(args)},
      connection: ${JSON.stringify(fullConnection)},
    });
    export const stdout = block.stdout;`;
}

const onServer = (name: string) => path.join(server.directory, name);

test("runs create once, update when something changed, and delete on destroy", async () => {
  const first: Args = {
    create: "cat > block; echo made",
    update: "cat > block; echo changed",
    delete: "rm block",
    stdin: "one",
  };
  work.program(program(first));
  const planned = await work.preview();
  expect(planned.map(({ op }) => op)).toEqual(["create"]);
  expect(server.connections()).toBe(0); // a preview touches nothing

  expect(await work.up()).toMatchObject({ code: 0 });
  expect(readFileSync(onServer("block"), "utf8")).toBe("one");
  expect((await work.resources())[0]?.outputs).toMatchObject({ stdout: "made", stderr: "" });

  expect(await work.preview()).toEqual([]);
  writeFileSync(onServer("block"), "changed by hand");
  expect(await work.pulumi("refresh", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(await work.preview()).toEqual([]); // the provider never looks at the server

  work.program(program({ ...first, stdin: "two" }));
  const [step] = await work.preview();
  expect(step).toMatchObject({ op: "update", detailedDiff: { stdin: { kind: "update" } } });
  expect(await work.up()).toMatchObject({ code: 0 });
  expect(readFileSync(onServer("block"), "utf8")).toBe("two");
  expect((await work.resources())[0]?.outputs.stdout).toBe("changed");

  expect(await work.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(existsSync(onServer("block"))).toBe(false);
  expect(server.commands).toEqual([first.create, first.update, first.delete]);
});

test("an update without an update command runs create again, for a new connection too", async () => {
  const args: Args = { create: "echo x >> runs" };
  work.program(program(args));
  expect(await work.up()).toMatchObject({ code: 0 });
  work.program(program({ ...args, connection: { perDialTimeout: 7 } }));
  expect((await work.preview())[0]).toMatchObject({
    op: "update",
    detailedDiff: { connection: { kind: "update" } },
  });
  expect(await work.up()).toMatchObject({ code: 0 });
  expect(readFileSync(onServer("runs"), "utf8")).toBe("x\nx\n");
});

test("a changed trigger replaces, and the old delete then removes what the new create wrote", async () => {
  const args: Args = { create: "echo new > file", delete: "rm file", triggers: [1] };
  work.program(program(args));
  expect(await work.up()).toMatchObject({ code: 0 });
  work.program(program({ ...args, triggers: [2] }));
  const planned = await work.preview();
  expect(planned.map(({ op }) => op)).toContain("replace");
  expect(planned[0]?.replaceReasons).toEqual(["triggers"]);
  expect(await work.up()).toMatchObject({ code: 0 });
  expect(server.commands).toEqual([args.create, args.create, args.delete]);
  expect(existsSync(onServer("file"))).toBe(false);
});

test("refuses a server with another host key, and checks none when none is given", async () => {
  const args: Args = { create: "echo in > proof" };
  work.program(program({ ...args, connection: { hostKey: anotherHostKey() } }));
  const refused = await work.up();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("after 1 failed attempts");
  expect(refused.output).toContain("host key mismatch");
  expect(server.connections()).toBe(2); // dialErrorLimit 1 allows one failure
  expect(existsSync(onServer("proof"))).toBe(false);

  work.program(program({ ...args, connection: { hostKey: undefined } }));
  expect(await work.up()).toMatchObject({ code: 0 });
  expect(existsSync(onServer("proof"))).toBe(true);
});

test("keeps the connection secret and leaves no key behind", async () => {
  work.program(program({ create: "true" }));
  expect(await work.up()).toMatchObject({ code: 0 });
  const material = server.privateKey.split("\n").slice(2, 4);
  const state = work.stateFile();
  for (const line of material) expect(state).not.toContain(line);
  const [command] = await work.resources();
  expect(command?.inputs.connection).toHaveProperty("ciphertext");
  expect(command?.outputs.connection).toHaveProperty("ciphertext");
  const left = readdirSync(work.temporary).filter((name) => name.startsWith("command-stand-in-"));
  expect(left).toEqual([]);
});

test("a failing command's error shows the command and its output, and nothing is recorded", async () => {
  work.program(program({ create: "echo so far; echo no >&2; exit 3" }));
  const failed = await work.up();
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain(
    'Process exited with status 3: running "echo so far; echo no >&2; exit 3":',
  );
  expect(failed.output).toMatch(/so far\s+no/);
  expect(await work.resources()).toEqual([]);
});

test("sends variables, of which the server takes those it accepts", async () => {
  const environment = { GREETING: "two\nlines", REFUSED: "x" };
  work.program(program({ create: 'echo "$GREETING/$REFUSED/"', environment }));
  expect(await work.up()).toMatchObject({ code: 0 });
  expect((await work.resources())[0]?.outputs.stdout).toBe("two\nlines//");
});

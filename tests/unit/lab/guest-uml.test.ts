import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { killMachine, machinePid, until } from "../../../lab/guest/machine";
import { umlArguments } from "../../../lab/guest/uml-process";
import { labPaths } from "../../../lab/paths";
import { claimPorts, type LabPorts } from "../../../lab/ports";

let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-uml-"))));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));
const image = { hash: "h", kernel: "/tmp/k", root: "/tmp/r", baseInitrd: "/tmp/i", uml: "/tmp/u" };
const isRoot = process.getuid?.() === 0;

describe("the arguments of User Mode Linux", () => {
  const ports = { pve01: 1, pve02: 2, pve03: 3, lab: 4, pveApi: 5, pvesh: 6 } as LabPorts;

  it("make its namespaces by a user namespace where nobody is root", () => {
    const paths = labPaths(root);
    expect(umlArguments(paths, image, ports, true)).not.toContain("--user");
    expect(umlArguments(paths, image, ports, false).slice(0, 2)).toEqual([
      "--user",
      "--map-root-user",
    ]);
  });

  it("hold no path of the checkout where the kernel would split it at a comma or a colon", () => {
    const args = umlArguments(labPaths("/tmp/a,b:c"), image, ports, true);
    const kernel = args.slice(args.lastIndexOf("--") + 1);
    expect(kernel.filter((argument) => argument.includes("/tmp"))).toEqual([]);
    expect(args).toContain("pve02:2:10.0.10.2");
  });
});

/** What stands where the kernel is: a node's sshd that echoes, and a node's pvesh. */
const kernelStandIn = `#!/bin/sh
ip address add 10.0.10.1/32 dev lo
socat TCP4-LISTEN:22,bind=10.0.10.1,fork,reuseaddr EXEC:cat &
while :; do
  [ -e ask ] && echo "from a node" | socat -t 20 - TCP4:10.0.10.200:8007 >answer.part &&
    mv answer.part answer && rm ask
  sleep 0.1
done
`;

describe("uml.sh", () => {
  const canRun = fs.existsSync("/dev/net/tun");
  if (!canRun) console.warn("no /dev/net/tun here: uml.sh is not tested");
  const test = canRun ? it : it.skip;

  test("carries TCP both ways with half-closed connections, and leaves no process behind", async () => {
    const paths = labPaths(root);
    fs.mkdirSync(paths.guest, { recursive: true });
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      let request = "";
      socket.on("data", (data: Buffer) => (request += data.toString()));
      // Longer than socat's own patience (0.5 s) with a half-closed connection.
      socket.on("end", () => setTimeout(() => socket.end(`answer to ${request}`), 900));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { ports } = await claimPorts(paths, []);
    const pvesh = (server.address() as net.AddressInfo).port;
    fs.writeFileSync(paths.labJson, JSON.stringify({ ports: { ...ports, pvesh } }, null, 2));
    const child = startWith(kernelStandIn, paths, ports);
    try {
      expect(await echoed(ports.pve01)).toBe("hello");
      fs.writeFileSync(path.join(paths.guest, "ask"), "");
      await until(20_000, () => fs.existsSync(path.join(paths.guest, "answer")));
      expect(fs.readFileSync(path.join(paths.guest, "answer"), "utf8")).toBe(
        "answer to from a node\n",
      );
      expect(machinePid(paths)).toBe(child.pid);
    } finally {
      await killMachine(paths);
      server.close();
    }
    expect(machinePid(paths)).toBeUndefined();
    expect(processesIn(paths.guest)).toEqual([]);
  }, 60_000);
});

function startWith(
  kernel: string,
  paths: ReturnType<typeof labPaths>,
  ports: LabPorts,
): ChildProcess {
  fs.copyFileSync(
    path.join(__dirname, "../../../lab/guest/to-host.sh"),
    path.join(paths.guest, "to-host.sh"),
  );
  // No image here: the kernel's root holds the folders for mounts only, and chroot doesn't go there.
  const uml = path.join(root, "uml");
  for (const folder of ["dev", "proc", "lab"])
    fs.mkdirSync(path.join(uml, folder), { recursive: true });
  const programs = path.join(root, "bin");
  fs.mkdirSync(programs);
  fs.writeFileSync(
    path.join(programs, "chroot"),
    '#!/bin/sh\ncd "$1/lab" && shift && exec "$@"\n',
    {
      mode: 0o755,
    },
  );
  const program = path.join(root, "kernel");
  fs.writeFileSync(program, kernel, { mode: 0o755 });
  const args = umlArguments(paths, { ...image, root: program, uml }, ports, isRoot);
  args.splice(args.lastIndexOf("--") + 1, Infinity, program);
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH ?? ""}` };
  const child = spawn("unshare", args, { detached: true, stdio: "ignore", env });
  fs.writeFileSync(paths.umlPid, `${child.pid}\n`);
  return child;
}

// Until the carriers are there, connections are refused or end without an answer.
async function echoed(port: number): Promise<string> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = net.connect(port, "127.0.0.1", () => socket.end("hello"));
      socket.on("data", (data: Buffer) => (text += data.toString()));
      socket.on("error", () => resolve(""));
      socket.on("close", () => resolve(text));
    });
    if (answer !== "" || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function processesIn(folder: string): string[] {
  return fs.readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

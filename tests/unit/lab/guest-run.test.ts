import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { accelCandidates } from "../../../lab/guest/accel";
import { lastLines, run } from "../../../lab/guest/process";
import { machinePid } from "../../../lab/guest/machine";
import { qemuArguments } from "../../../lab/guest/qemu-process";
import { guestStatus, stopGuest } from "../../../lab/guest/lifecycle";
import { pveVersion } from "../../../lab/commands/pve-version";
import { cacheDirectory, labPaths } from "../../../lab/paths";
import { claimPorts, portNames, readPorts } from "../../../lab/ports";
import { progressTo, silentProgress } from "../../../lab/progress";

const toHost = path.join(__dirname, "../../../lab/guest/to-host.sh");
let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-guest-"))));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function listen(port: number, serve?: (socket: net.Socket) => void): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer({ allowHalfOpen: true }, serve);
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

describe("claimPorts", () => {
  it("chooses once, keeps what is free, replaces only what is taken and wanted", async () => {
    const paths = labPaths(root);
    expect(readPorts(paths)).toBeUndefined();
    const first = await claimPorts(paths, ["pve01"]);
    expect(new Set(Object.values(first.ports)).size).toBe(portNames.length);
    expect((await claimPorts(paths, portNames)).changed).toEqual([]);
    const intruders = await Promise.all([listen(first.ports.pve02), listen(first.ports.pvesh)]);
    try {
      const second = await claimPorts(paths, ["pve01", "pve02"]);
      expect(second.changed).toEqual(["pve02"]);
      expect(second.ports).toEqual({ ...first.ports, pve02: second.ports.pve02 });
      expect(readPorts(paths)).toEqual(second.ports);
    } finally {
      for (const server of intruders) server.close();
    }
  });

  it("keeps what else stands in lab.json and names a broken one", async () => {
    const paths = labPaths(root);
    fs.mkdirSync(paths.lab);
    fs.writeFileSync(paths.labJson, '{"other": 1}');
    await claimPorts(paths, []);
    expect(JSON.parse(fs.readFileSync(paths.labJson, "utf8"))).toMatchObject({ other: 1 });
    fs.writeFileSync(paths.labJson, "{");
    await expect(claimPorts(paths, [])).rejects.toThrow(/lab\.json is not JSON/);
  });
});

describe("accelCandidates", () => {
  const host = (kvm: boolean, flags: string, uml: boolean) => ({
    kvm: () => kvm,
    cpuinfo: () => `processor\t: 0\nflags\t\t: fpu ${flags} sse2\n`,
    uml: () => uml,
  });

  it("takes KVM only where the processors can run a stock kernel, and never as the last resort", () => {
    expect(accelCandidates(host(true, "vmx", false), undefined)).toEqual(["kvm", "tcg"]);
    expect(accelCandidates(host(true, "svm", false), undefined)).toEqual(["kvm", "tcg"]);
    expect(accelCandidates(host(true, "avx", false), undefined)).toEqual(["tcg"]);
    expect(accelCandidates(host(false, "vmx", false), undefined)).toEqual(["tcg"]);
  });

  it("puts User Mode Linux between them", () => {
    expect(accelCandidates(host(true, "vmx", true), undefined)).toEqual(["kvm", "uml", "tcg"]);
    expect(accelCandidates(host(true, "avx", true), undefined)).toEqual(["uml", "tcg"]);
  });

  it("is what EVPN_LAB_ACCEL says, and nothing it cannot be", () => {
    expect(accelCandidates(host(true, "vmx", true), "tcg")).toEqual(["tcg"]);
    expect(accelCandidates(host(false, "avx", false), "uml")).toEqual(["uml"]);
    expect(() => accelCandidates(host(true, "vmx", true), "xen")).toThrow(/'xen'.*kvm, uml, tcg/);
  });
});

describe("QEMU's arguments", () => {
  const image = { hash: "h", kernel: "/k", root: "/r", baseInitrd: "/i", uml: "/u" };
  it("listen on loopback only and survive commas in the checkout's path", () => {
    const paths = labPaths("/tmp/a,b");
    const ports = { pve01: 1, pve02: 2, pve03: 3, lab: 4, pveApi: 5, pvesh: 6 };
    const args = qemuArguments(paths, image, ports, "tcg");
    const netdev = args[args.indexOf("-netdev") + 1] ?? "";
    expect(netdev.match(/hostfwd=[^,]*/g)).toEqual([
      "hostfwd=tcp:127.0.0.1:1-10.0.10.1:22",
      "hostfwd=tcp:127.0.0.1:2-10.0.10.2:22",
      "hostfwd=tcp:127.0.0.1:3-10.0.10.3:22",
      "hostfwd=tcp:127.0.0.1:4-10.0.10.254:22",
    ]);
    expect(netdev).toContain("restrict=on");
    expect(netdev).toContain("'/tmp/a,,b/.lab/lab.json'");
    expect(args.join(" ")).toContain("file=/tmp/a,,b/.lab/guest/nodes.img,");
  });

  it("give an emulated guest one processor, since QEMU 7.2 kills a kernel that has two", () => {
    const ports = { pve01: 1, pve02: 2, pve03: 3, lab: 4, pveApi: 5, pvesh: 6 };
    const processors = (["tcg", "kvm"] as const).map((accel) => {
      const args = qemuArguments(labPaths(root), image, ports, accel);
      return args[args.indexOf("-smp") + 1];
    });
    expect(processors).toEqual(["1", "2"]);
  });

  it("are how a pid is recognised: another process under that number is not ours to stop", async () => {
    const paths = labPaths(root);
    fs.mkdirSync(paths.guest, { recursive: true });
    fs.writeFileSync(paths.qemuPid, `${process.pid}\n`);
    fs.writeFileSync(paths.umlPid, `${process.pid}\n`);
    expect(machinePid(paths)).toBeUndefined();
    await stopGuest(silentProgress, paths);
    expect(await guestStatus(paths)).toMatchObject({ running: false });
  });
});

describe("to-host.sh", () => {
  it("carries a request to the port of the moment and waits for the answer after a half-close", async () => {
    const paths = labPaths(root);
    const server = await listen(0, (socket) => {
      let request = "";
      socket.on("data", (data: Buffer) => (request += data.toString()));
      // Longer than socat's own patience (0.5 s) with a half-closed connection.
      socket.on("end", () => setTimeout(() => socket.end(`answer to ${request}`), 900));
    });
    try {
      const address = server.address() as net.AddressInfo;
      const { ports } = await claimPorts(paths, []);
      const content = JSON.stringify({ ports: { ...ports, pvesh: address.port } }, null, 2);
      fs.writeFileSync(paths.labJson, content);
      const answer = await run("/bin/sh", [toHost, paths.labJson], {
        timeoutMs: 15_000,
        input: "get /version",
      });
      expect(answer).toMatchObject({ code: 0, stdout: "answer to get /version" });
    } finally {
      server.close();
    }
  });
});

describe("run", () => {
  it("ends a program at its limit and says so", async () => {
    const result = await run("sleep", ["30"], { timeoutMs: 100 });
    expect(result).toMatchObject({ code: -1, timedOut: true });
  });

  it("names a program that is not there", async () => {
    await expect(run("no-such-program", [], { timeoutMs: 1000 })).rejects.toThrow(
      /no-such-program could not be started/,
    );
  });

  it("quotes a log's end without empty lines", () => {
    expect(lastLines("a\n\nb\r\nc\n", 2)).toBe("b\nc");
  });
});

describe("progress", () => {
  it("writes one plain line per finished step where there is no terminal", async () => {
    const stream = new PassThrough();
    const progress = progressTo(stream as unknown as WriteStream);
    await progress.step("outer", async () => {
      await progress.step("inner", () => Promise.resolve());
      progress.note("said");
    });
    const failing = progress.step("broken", () => Promise.reject(new Error("why")));
    await expect(failing).rejects.toThrow("why");
    const text = String(stream.read());
    expect(text.replaceAll(/\d+\.\d s/g, "N s").split("\n")).toEqual([
      "ok   inner (N s)",
      "  said",
      "ok   outer (N s)",
      "FAIL broken (N s)",
      "",
    ]);
  });
});

describe("the cache", () => {
  it("is where the user says, else where XDG says", () => {
    expect(cacheDirectory({ EVPN_LAB_CACHE: "/c", XDG_CACHE_HOME: "/x" })).toBe("/c");
    expect(cacheDirectory({ XDG_CACHE_HOME: "/x" })).toBe("/x/proxmox-evpn");
    expect(cacheDirectory({})).toBe(path.join(os.homedir(), ".cache", "proxmox-evpn"));
  });
});

describe("--pve", () => {
  it("names a version in either form, and nothing else is accepted", () => {
    expect(pveVersion([])).toBeUndefined();
    expect(pveVersion(["--pve", "8.4"])).toBe("8.4");
    expect(pveVersion(["--pve=9.2-pre"])).toBe("9.2-pre");
    for (const args of [
      ["--pve"],
      ["--pve", "9"],
      ["--pve", "8.4", "more"],
      ["8.4"],
      ["--frr=x"],
    ]) {
      expect(() => pveVersion(args)).toThrow(/--pve with 8\.4, 9\.1, 9\.2-pre/);
    }
  });
});

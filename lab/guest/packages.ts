import * as fs from "node:fs";
import type { Progress } from "../progress";
import { lastLines, run } from "./process";

/** Debian packages that the lab's own code runs on the host, each with the file that shows it is there. */
const hostPackages: readonly { name: string; file: string; why: string }[] = [
  { name: "qemu-system-x86", file: "/usr/bin/qemu-system-x86_64", why: "runs the guest" },
  { name: "mmdebstrap", file: "/usr/bin/mmdebstrap", why: "builds the guest's image" },
  { name: "squashfs-tools", file: "/usr/bin/sqfstar", why: "packs the image" },
  { name: "socat", file: "/usr/bin/socat", why: "carries the nodes' pvesh to the host" },
  { name: "iproute2", file: "/bin/ip", why: "gives the guest its network" },
  { name: "openssl", file: "/usr/bin/openssl", why: "makes the API's certificate" },
  { name: "openssh-client", file: "/usr/bin/ssh", why: "reaches the nodes" },
  {
    name: "debian-archive-keyring",
    file: "/usr/share/keyrings/debian-archive-keyring.gpg",
    why: "checks the image's packages",
  },
];

/** The host packages that are missing, by name. */
export function missingHostPackages(): string[] {
  return hostPackages.filter((entry) => !fs.existsSync(entry.file)).map((entry) => entry.name);
}

/**
 * Installs what is missing of the host packages (as root, without recommended packages) and says
 * what it installs.
 * @throws when something is missing and this is not root or not a machine with apt: the message
 *   has the command to run.
 */
export async function ensureHostPackages(progress: Progress): Promise<void> {
  const missing = missingHostPackages();
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  for (const entry of hostPackages.filter(({ name }) => missing.includes(name))) {
    progress.note(`missing: ${entry.name} (${entry.why})`);
  }
  if (!fs.existsSync("/usr/bin/apt-get")) {
    throw new Error(
      `The lab needs programs of these Debian packages: ${missing.join(", ")}. ` +
        `This machine has no apt-get; install them in its own way, or use Debian 12 or newer.`,
    );
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `The lab needs Debian packages that only root can install: ${missing.join(", ")}. ` +
        `Run: sudo ${command}`,
    );
  }
  await progress.step(`install ${missing.join(", ")}`, () => aptInstall(missing));
  const still = missingHostPackages();
  if (still.length > 0) {
    throw new Error(`apt-get ended well, but the programs of ${still.join(", ")} are not there.`);
  }
}

async function aptInstall(names: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const update = await run("apt-get", ["update", "-q"], { timeoutMs: 300_000, env });
  const install = await run(
    "apt-get",
    ["install", "-q", "-y", "--no-install-recommends", ...names],
    { timeoutMs: 1_200_000, env },
  );
  if (install.code === 0) return;
  const output = lastLines(`${update.stderr}\n${install.stderr}`, 8);
  throw new Error(
    `apt-get could not install ${names.join(", ")}:\n${output}\n` +
      `Run: apt-get install --no-install-recommends ${names.join(" ")}`,
  );
}

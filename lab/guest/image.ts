import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { type FrrRoot, labPaths, type LabPaths } from "../paths";
import type { Progress } from "../progress";
import { cpioArchive, type CpioEntry } from "./cpio";
import { lastLines, run } from "./process";

/** What is booted; all files are read-only and shared by every lab of this user. */
export interface GuestImage {
  hash: string;
  kernel: string;
  /** The nodes' Debian root as squashfs. */
  root: string;
  /** busybox and the modules that are needed before the root; the lab's own archive follows it. */
  baseInitrd: string;
  /** The folder that User Mode Linux has as its root: `linux`, its C library, mount points. */
  uml: string;
}

const suite = "trixie";
/** Debian's next release. */
const nextSuite = "forky";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const sources = path.join(__dirname, "image");

/**
 * The guest's image for what lies in `image/`, built when the cache doesn't have it (about a
 * minute, downloads some 100 MB of Debian packages). A build happens beside its final place and is
 * renamed into it, so that an interrupted one is never used.
 * @throws when apt knows no Debian archive or mmdebstrap fails: the message ends with its last lines.
 */
export async function ensureImage(
  progress: Progress,
  paths: LabPaths = labPaths(),
): Promise<GuestImage> {
  const frr = paths.frrRoot;
  const hash = imageHash(frr);
  const final = path.join(paths.images, hash);
  if (!fs.existsSync(final)) {
    await progress.step(
      `build the guest image (Debian ${suite}, ${frr} FRR, ifupdown2)`,
      async () => {
        fs.mkdirSync(paths.images, { recursive: true });
        removeAbandoned(paths.images);
        const building = path.join(paths.images, `building-${process.pid}`);
        fs.mkdirSync(building);
        try {
          await build(building, frr);
          if (!fs.existsSync(final)) fs.renameSync(building, final);
        } finally {
          fs.rmSync(building, { recursive: true, force: true });
        }
      },
    );
  }
  return {
    hash,
    kernel: path.join(final, "vmlinuz"),
    root: path.join(final, "root.squashfs"),
    baseInitrd: path.join(final, "initrd"),
    uml: path.join(final, "uml"),
  };
}

/** The cache key: everything of ours that decides what is in the image, this file included. */
export function imageHash(frr: FrrRoot = "stable"): string {
  const hash = createHash("sha256").update(frr);
  const files = fs.readdirSync(sources).sort();
  for (const file of [...files.map((name) => path.join(sources, name)), __filename]) {
    hash.update(path.basename(file)).update("\0").update(fs.readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

/** Nothing comes from the next release but FRR and what it depends on. */
const latestFrr = [
  // The index of a release that is not out yet may be older than it says it may get.
  '--aptopt=Acquire::Check-Valid-Until "false"',
  `--aptopt=APT::Default-Release "${suite}"`,
  `--customize-hook=APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -y -t ${nextSuite} -o DPkg::Chroot-Directory="$1" install frr frr-pythontools`,
];

async function build(directory: string, frr: FrrRoot): Promise<void> {
  const tar = path.join(directory, "root.tar");
  const extra = path.join(directory, "extra.tar");
  const mirror = await debianMirror();
  const packages = fs
    .readFileSync(path.join(sources, "packages.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  await must("mmdebstrap", [
    `--mode=${process.getuid?.() === 0 ? "root" : "unshare"}`,
    "--variant=minbase",
    "--architectures=amd64",
    `--keyring=${keyring}`,
    `--include=${packages.join(",")}`,
    ...["doc", "man", "locale", "info"].map(
      (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
    ),
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    ...(frr === "latest" ? latestFrr : []),
    `--customize-hook=${quoted(path.join(sources, "customize.sh"))} "$1"`,
    `--customize-hook=tar-out /lab-out ${quoted(extra)}`,
    '--customize-hook=rm -rf "$1/lab-out"',
    suite,
    tar,
    ...(frr === "latest" ? [suite, nextSuite] : [suite]).map(
      (name) => `deb ${mirror} ${name} main`,
    ),
  ]);
  // Owners come from the archive, so packing needs no root.
  await must(
    "sh",
    ["-c", 'exec sqfstar -comp lz4 -no-progress "$1" <"$0"'].concat(
      tar,
      path.join(directory, "root.squashfs"),
    ),
  );
  await must("tar", ["-C", directory, "-xf", extra]);
  const unpacked = path.join(directory, "lab-out");
  fs.renameSync(path.join(unpacked, "vmlinuz"), path.join(directory, "vmlinuz"));
  // Debian may have no User Mode Linux for this release.
  if (fs.existsSync(path.join(unpacked, "uml"))) {
    fs.renameSync(path.join(unpacked, "uml"), path.join(directory, "uml"));
  }
  fs.writeFileSync(path.join(directory, "initrd"), cpioArchive(treeEntries(unpacked, "")));
  fs.rmSync(unpacked, { recursive: true });
  fs.rmSync(tar);
  fs.rmSync(extra);
}

/**
 * The tree under `directory` as archive entries below `prefix`: directories 0755, files 0755 or 0644
 * by their owner's x bit, whatever the checkout's umask was.
 */
export function treeEntries(directory: string, prefix: string): CpioEntry[] {
  const entries: CpioEntry[] = prefix === "" ? [] : [{ path: prefix, mode: 0o755 }];
  for (const item of fs.readdirSync(directory, { withFileTypes: true })) {
    const from = path.join(directory, item.name);
    const to = prefix === "" ? item.name : `${prefix}/${item.name}`;
    if (item.isDirectory()) {
      entries.push(...treeEntries(from, to));
    } else if (item.isFile()) {
      const executable = (fs.statSync(from).mode & 0o100) !== 0 || item.name === "busybox";
      entries.push({
        path: to,
        mode: executable ? 0o755 : 0o644,
        content: fs.readFileSync(from),
      });
    }
  }
  return entries;
}

/** The Debian archive that this machine itself is configured with. */
async function debianMirror(): Promise<string> {
  const listed = await run(
    "apt-get",
    ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"],
    { timeoutMs: 60_000 },
  );
  const mirror = listed.stdout.split("\n").find((line) => line.trim() !== "");
  if (mirror) return mirror.trim();
  throw new Error(
    "No Debian archive in this machine's apt configuration (apt-get indextargets lists none), so " +
      "the guest's image cannot be built here. Add one to /etc/apt/sources.list.d and run apt-get " +
      "update, or build on a Debian machine and copy its cache.",
  );
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const result = await run(program, args, { timeoutMs: 1_800_000 });
  if (result.code !== 0) {
    throw new Error(
      `The guest's image could not be built: ${program} ended with ${result.code}. Its last lines:\n` +
        lastLines(`${result.stdout}\n${result.stderr}`, 15),
    );
  }
}

// A build belongs to the process in its name; one whose process is gone was interrupted.
function removeAbandoned(images: string): void {
  for (const name of fs.readdirSync(images)) {
    const owner = /^building-(\d+)$/.exec(name)?.[1];
    if (owner && !fs.existsSync(`/proc/${owner}`)) {
      fs.rmSync(path.join(images, name), { recursive: true, force: true });
    }
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

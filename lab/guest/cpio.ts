/** One entry of an initramfs archive; everything in it belongs to root. */
export interface CpioEntry {
  /** Without a leading slash; parents come before their children. */
  path: string;
  /** Permission bits, for example 0o755. */
  mode: number;
  /** A file's content; absent for a directory. */
  content?: Buffer;
}

const typeDirectory = 0o040000;
const typeFile = 0o100000;

/**
 * A cpio archive in the "newc" form that Linux unpacks as initramfs (kernel documentation,
 * driver-api/early-userspace/buffer-format). Archives can stand one after the other in one initrd.
 * Written here rather than by cpio(1), so that files belong to root whoever runs the lab.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts = entries.map((entry, index) => record(entry, index + 1));
  parts.push(record({ path: "TRAILER!!!", mode: 0, content: Buffer.alloc(0) }, 0));
  // The kernel looks for the next archive on a 4-byte boundary; 512 keeps other readers content.
  return padded(Buffer.concat(parts), 512);
}

function record(entry: CpioEntry, inode: number): Buffer {
  const name = Buffer.from(`${entry.path}\0`);
  const content = entry.content ?? Buffer.alloc(0);
  const trailer = inode === 0;
  const type = entry.content === undefined ? typeDirectory : typeFile;
  const fields = [
    inode,
    trailer ? 0 : type | entry.mode,
    0, // uid
    0, // gid
    1, // links
    0, // mtime
    content.length,
    0, // device major, minor
    0,
    0, // device node major, minor
    0,
    name.length,
    0, // checksum, unused in this form
  ];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), name]), 4), padded(content, 4)]);
}

function padded(data: Buffer, boundary: number): Buffer {
  const rest = data.length % boundary;
  return rest === 0 ? data : Buffer.concat([data, Buffer.alloc(boundary - rest)]);
}

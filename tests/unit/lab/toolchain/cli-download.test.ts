import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { silentProgress } from "../../../../lab/progress";
import { downloadCli } from "../../../../lab/toolchain/cli-download";
import type { Layout } from "../../../../lab/toolchain/layout";
import { toolchainLayout } from "../../../../lab/toolchain/layout";
import { readRecord } from "../../../../lab/toolchain/record";

let root: string;
let layout: Layout;
let server: http.Server;
let requests: string[];
let answer: (response: http.ServerResponse) => void;

beforeEach(async () => {
  root = fs.mkdtempSync(path.join(tmpdir(), "cli-download-"));
  layout = { ...toolchainLayout(root), cliCache: path.join(root, "cache") };
  requests = [];
  server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.method === "HEAD") response.writeHead(403).end();
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  fs.rmSync(root, { recursive: true, force: true });
});

const site = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/sdk/`;
const download = () => downloadCli(layout, silentProgress, site());

function release(): Buffer {
  const directory = path.join(root, "release/pulumi");
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, "pulumi"), "#!/bin/sh\n", { mode: 0o755 });
  return execFileSync("tar", ["-czf", "-", "-C", path.join(root, "release"), "pulumi"]);
}

test("unpacks a release once and finds it afterwards without asking", async () => {
  const archive = release();
  answer = (response) => response.end(archive);
  const program = await download();
  expect(program && fs.readFileSync(program, "utf8")).toBe("#!/bin/sh\n");
  expect(requests[1]).toMatch(
    /^GET \/sdk\/pulumi-v\d+\.\d+\.\d+-(linux|darwin)-(x64|arm64)\.tar\.gz$/,
  );
  expect(await download()).toBe(program);
  expect(requests).toHaveLength(2);
});

test.each([
  ["a release that isn't there", (response: http.ServerResponse) => response.writeHead(404).end()],
  ["an archive cut short", (response: http.ServerResponse) => response.end("no archive")],
])("%s leaves nothing and is not asked for again", async (_name, bad) => {
  answer = bad;
  expect(await download()).toBeUndefined();
  expect(fs.readdirSync(layout.cliCache)).toEqual([]);
  const asked = requests.length;
  expect(await download()).toBeUndefined();
  expect(requests).toHaveLength(asked);
});

test("a host that cannot be reached is remembered", async () => {
  const closed = "http://127.0.0.1:1/sdk/";
  expect(await downloadCli(layout, silentProgress, closed)).toBeUndefined();
  expect((await readRecord(layout)).unreachable).toHaveProperty(["127.0.0.1:1"]);
});

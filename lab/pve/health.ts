import * as fs from "node:fs";
import * as https from "node:https";
import * as net from "node:net";
import type { PveSettings } from "./settings";

const answerMs = 5000;

/** Whether both ports of the stand-in answer as they should, the API with the lab's token. */
export async function healthy(settings: PveSettings, ca: string): Promise<boolean> {
  const answers = await Promise.all([apiAnswers(settings, ca), pveshAnswers(settings)]);
  return answers.every(Boolean);
}

function apiAnswers(settings: PveSettings, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = https.get(
      {
        host: "127.0.0.1",
        port: settings.apiPort,
        path: "/api2/json/version",
        ca: read(ca),
        headers: { Authorization: `PVEAPIToken=${read(settings.tokenFile).trim()}` },
        timeout: answerMs,
        agent: false,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

function pveshAnswers(settings: PveSettings): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port: settings.pveshPort });
    let answer = "";
    const words = ["get", "/version"].map((word) => Buffer.from(word).toString("hex"));
    const key = read(settings.pveshKeyFile).trim();
    const node = settings.nodes[0]?.name ?? "";
    socket.write(["pvesh 1", key, node, words.length, ...words, ""].join("\n"));
    socket.setTimeout(answerMs, () => socket.destroy());
    socket.on("data", (data) => (answer += data.toString("utf8")));
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(/^X 0$/m.test(answer)));
  });
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

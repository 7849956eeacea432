// Stand-in for pulumi-resource-command 1.2.1, for machines that cannot download the real one.
import { engineLog } from "../engine-log";
import { engineAddress, servePlugin } from "../resource-provider";
import { localCommand } from "./local-command";
import { remoteCommand } from "./remote-command";
import { stopAll } from "./ssh";

const log = engineLog(engineAddress());
servePlugin({
  name: "command",
  version: "1.2.1",
  types: {
    "command:remote:Command": remoteCommand(log),
    "command:local:Command": localCommand(log),
  },
  configure: () => undefined,
  atExit: stopAll,
});

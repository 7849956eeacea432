import type { NodeEndpoint } from "../plan/types";
import { ConfigReader, sshSettings } from "./implementation";
import { withRepeatingSession } from "./repeating-session";
import { SshSession, withSession } from "./ssh";

/**
 * How a provider logs in to nodes. The config is kept and read only when a node is contacted, so that
 * a preview works without a key.
 */
export class Login {
  private config: ConfigReader = { get: () => undefined };

  configure(config: ConfigReader): Promise<void> {
    this.config = config;
    return Promise.resolve();
  }

  /** Runs `work` on a connection to the node. @throws SshError, or Error when there is no key */
  on<T>(endpoint: NodeEndpoint, work: (session: SshSession) => Promise<T>): Promise<T> {
    return withRepeatingSession(endpoint, sshSettings(this.config), work);
  }

  /**
   * Runs `work` on one connection, which nothing repeats.
   * @param connectMs milliseconds for the connection, where `ssh.timeoutSeconds` is too long to wait
   * @throws SshError, or Error when there is no key
   */
  once<T>(
    endpoint: NodeEndpoint,
    work: (session: SshSession) => Promise<T>,
    connectMs: number,
  ): Promise<T> {
    return withSession(endpoint, { ...sshSettings(this.config), connectMs }, work);
  }
}

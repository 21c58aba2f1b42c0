import { connect } from "node:net";

/**
 * Why the SSH agent that `SSH_AUTH_SOCK` names keeps the command plugin from dialling; undefined where nothing does. The plugin reaches for it
 * whatever credential it has. Not asked on Windows, where Node has no such sockets.
 */
export async function agentProblem(path = process.env["SSH_AUTH_SOCK"] ?? ""): Promise<string | undefined> {
    if (path === "" || process.platform === "win32") {
        return undefined;
    }
    const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
        const socket = connect(path, () => resolve(void socket.destroy()));
        socket.once("error", resolve);
    });
    return (
        failure &&
        `SSH_AUTH_SOCK names ${JSON.stringify(path)}, where no SSH agent answers (${failure.code ?? failure.message}): the command plugin ` +
            "asks it before anything is dialled, and fails although it has a credential. Start the agent, or run Pulumi without SSH_AUTH_SOCK"
    );
}

import { Observation, ObserveRequest } from "../../../drift/types";
import { RemoteError } from "../../../remote/errors";
import { HostReader } from "../../../remote/observer";
import { Connection } from "../../../remote/types";
import { problemText } from "../../internal/report";
import { checkOwn } from "./hostConnection";

/** One reader for the whole program: it bounds how many connections are open at a time. */
const reader = new HostReader();
const pauseSeconds = 2;

export interface ObserveOptions {
    executable?: string;
    preinstalled: boolean;
    /** Whether the module is most likely there. */
    installed: boolean;
    timeout: number;
    waitForSsh: number;
}

/** How hosts are asked; replaced in tests. */
export const probe = { observe: observeHost, checkSftp: (connection: Connection, { timeout }: ObserveOptions) => reader.checkSftp(connection, timeout * 1000) };

/** One look at a host. While nothing listens there yet, it is tried again until `waitForSsh` seconds are over; nothing else is tried twice. */
export async function observeHost(name: string, connection: Connection, request: ObserveRequest, options: ObserveOptions): Promise<Observation> {
    const problems = checkOwn(connection);
    if (problems.length > 0) {
        throw new Error(problemText("windows.Host", name, problems));
    }
    const deadline = Date.now() + options.waitForSsh * 1000;
    for (;;) {
        try {
            return await reader.observe(connection, request, { exe: options.executable, preinstalled: options.preinstalled, installed: options.installed, timeoutMs: options.timeout * 1000 });
        } catch (error) {
            const patient = RemoteError.isInstance(error) && error.kind === "unreachable" && Date.now() + pauseSeconds * 1000 < deadline;
            if (!patient) {
                throw error;
            }
            await new Promise((resolve) => setTimeout(resolve, pauseSeconds * 1000));
        }
    }
}

import type { Asker } from "./asker";
import { moduleText } from "../../powershell/moduleText";
import { asciiJson, readReplies, readReply, type Json, type Output } from "./reply";
import { callSeveral, setWhileHeld } from "./scripts";

/** Nothing can be asked any more: no answer of the host. */
export class ConnectionLost extends Error {}

/** How the suite reaches a host: a command line and what it gets on stdin. Rejects with ConnectionLost from when there is no way to it any more. */
export type Exec = (command: string, stdin?: string) => Promise<Output>;

/** The commands of docs/protocol.md, written out. */
export class Host {
    /** `asker`: puts what is asked beside the module; without it each question starts a PowerShell. */
    constructor(
        private readonly exec: Exec,
        private readonly exe: string,
        private readonly asker?: Asker,
    ) {}

    /** An observe request by the probe, which needs nothing installed, or by the installed module. */
    observe(members: Json, by: "probe" | "get" = "probe"): Promise<Json> {
        const request = asciiJson({ protocol: 1, operation: "observe", owner: "conformance.a", values: {}, ...members });
        return by === "get" ? this.call("Get", request) : this.probe(request);
    }

    /** The probe with any text for a request. */
    async probe(request: string): Promise<Json> {
        return readReply(await this.powershell(bootstrap, block(request)));
    }

    async install(members: Json = {}): Promise<Json> {
        const { psm1, version, sha256 } = moduleText();
        const marker = `HybridIdentity ${version} sha256:${sha256} at ${new Date().toISOString()}`;
        const request = { protocol: 1, operation: "install", version, sha256, marker, readers: [], psm1: psm1.match(/[^\n]*\n/g), ...members };
        return readReply(await this.powershell(`${bootstrap} # ${marker}`, block(asciiJson(request))));
    }

    /** `Set`, `Remove` or `Get` with a text on stdin. */
    async call(verb: "Set" | "Remove" | "Get", stdin: string): Promise<Json> {
        return readReply(await this.powershell(`${importModule}; HybridIdentity\\${verb}-HybridIdentityState`, stdin));
    }

    /** The same for several texts, in one process. */
    async callSeveral(calls: Array<["Set" | "Remove" | "Get", string]>): Promise<Json[]> {
        return readReplies(await this.run(callSeveral(importModule, calls)));
    }

    /** What a script that is not the module's prints. Throws where it fails. */
    async ask(script: string): Promise<string> {
        return (await (this.asker?.ask(script) ?? this.run(script))).trim();
    }

    /** Runs a command line beside the module that is no PowerShell's. */
    readonly reg = async (command: string): Promise<Output> => {
        try {
            return await (this.asker?.run(command) ?? this.exec(command));
        } catch (error) {
            // Wine under load could start no process: nothing ran.
            if (/calling "Start"/.test(String(error))) return this.exec(command);
            throw error;
        }
    };

    private async run(script: string): Promise<string> {
        const { stdout, stderr, exitCode } = await this.powershell(bootstrap, script);
        if (exitCode !== 0) {
            throw new Error(`${script.split("\n", 1)[0]} ended with ${exitCode}: ${stderr.trim()}`);
        }
        return stdout;
    }

    /** `Set` while another process holds the mutex. */
    async setWhileHeld(document: string): Promise<Json> {
        const set = `${importModule}; HybridIdentity\\Set-HybridIdentityState`;
        return readReply(await this.powershell(bootstrap, setWhileHeld(set, document)));
    }

    async uninstall(): Promise<Output> {
        return this.powershell(`${importModule}; HybridIdentity\\Uninstall-HybridIdentity`);
    }

    private async powershell(script: string, stdin?: string): Promise<Output> {
        const output = await this.exec(`${this.exe} -NoLogo -NoProfile -NonInteractive -Command "${script}"`, stdin);
        // A shell says in its own language, and with the name in quotes, that it knows no such program.
        if (output.stdout === "" && output.exitCode !== 0 && [`'${this.exe}`, `"${this.exe}`, `\u201c${this.exe}`].some(name => output.stderr.includes(name))) {
            throw new Error(`there is no ${this.exe} on the host that its shell finds: ${output.stderr.trim().replace(/\s+/g, " ").slice(0, 200)}`);
        }
        return output;
    }
}

const bootstrap = "& ([scriptblock]::Create([Console]::In.ReadToEnd()))";
const importModule = "Import-Module HybridIdentity -MinimumVersion 1.0 -MaximumVersion 1.999 -ErrorAction Stop";

function block(request: string): string {
    return `& {\n${moduleText().psm1}if (Invoke-HybridIdentityRequest -Json @'\n${request}\n'@) { exit 0 } else { exit 1 }\n}\n`;
}

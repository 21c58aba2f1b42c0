import { asciiString } from "../drift/json";
import { printable } from "../drift/show";
import type { Observation } from "../drift/types";
import type { Target } from "./arguments";
import { dotNetPart, mimPart, restPart, schannelPart } from "./programParts";
import { serverOf } from "./server";

/** The program that declares a server as it is. What it cannot declare stands in it as a comment. */
export function programOf(target: Target, hostKey: string, observation: Observation): string {
    const { facts } = observation;
    const name = facts.computerName.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
    const parts = [schannelPart(name, observation), dotNetPart(name, observation), mimPart(name, observation)];
    const all = [...parts, restPart(name, parts)];
    const { name: computer, windows, unknown, managedBy } = serverOf(observation);
    const owned = managedBy === "no stack" ? [] : [`Managed by: ${managedBy}. Values of another stack are a conflict when they are enforced here: see docs/drift.md, "takeOverFrom".`];
    return [
        ...comments([
            `${computer} (${windows}) as it was at ${facts.now}. The first preview shows no drift.`,
            'With "audit" nothing is installed or changed on the server. With "enforce" the next update keeps what stands here.',
            ...owned,
        ]),
        'import * as pulumi from "@pulumi/pulumi";',
        `import { ${[...new Set(all.flatMap(({ imports }) => imports)), "windows"].sort().join(", ")} } from "pulumi-hybrid-identity";`,
        "",
        'const mode = "audit";',
        "const config = new pulumi.Config();",
        `const host = new windows.Host(${asciiString(name)}, {`,
        ...hostLines(target, hostKey),
        "});",
        ...all.flatMap(({ lines }) => (lines.length === 0 ? [] : ["", ...lines])),
        ...(unknown.length === 0 ? [] : ["", ...comments(["Not known, and nothing is declared of what could not be read:", ...unknown])]),
    ].join("\n");
}

function hostLines({ host, port, user, password, privateKeyPassword, powershell, preinstalled }: Target, hostKey: string): string[] {
    return [
        `address: ${asciiString(host)},`,
        ...(port === 22 ? [] : [`port: ${port},`]),
        `user: ${asciiString(user)},`,
        ...(password === undefined ? ['privateKey: config.requireSecret("privateKey"), // pulumi config set --secret privateKey'] : ['password: config.requireSecret("password"), // pulumi config set --secret password']),
        ...(privateKeyPassword === undefined ? [] : ['privateKeyPassphrase: config.requireSecret("privateKeyPassphrase"),']),
        `hostKey: ${asciiString(hostKey)},`,
        ...(powershell === undefined ? [] : [`powershell: ${asciiString(powershell)},`]),
        ...(preinstalled ? ['module: "preinstalled",'] : []),
    ].map((line) => `    ${line}`);
}

/** What a host says stands in comments, and must not end one. */
function comments(sentences: string[]): string[] {
    return sentences.map((one) => `// ${printable(one, 600)}`);
}

// command:remote:CopyToRemote: sends a file or a text by SFTP. What was sent once is never looked at again, nor deleted.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { unknown, type Properties } from "../shared/values";
import type { Asset } from "./asset";
import { dial } from "./dial";
import { outputsUnknown } from "./diff";
import type { Connection } from "./endpoint";
import type { Resource, Surroundings } from "./resource";
import { plain } from "./run";
import { inputNames } from "./schema";
import { RemoteFiles } from "./sftp";

interface CopyInputs {
    connection: Connection;
    source: Asset;
    remotePath: string;
}

export const copy: Resource = {
    async create(_type, inputs, surroundings) {
        await send(plain<CopyInputs>(inputs), surroundings);
        return inputs;
    },
    async update(_type, olds, news, surroundings) {
        const [before, after] = [plain<CopyInputs>(olds), plain<CopyInputs>(news)];
        if (before.source.hash !== after.source.hash || before.remotePath !== after.remotePath) await send(after, surroundings);
        return news;
    },
    async remove() {},
    previewCreate: untold,
    previewUpdate: (type, olds, news) => (outputsUnknown(inputNames(type), olds, news) ? untold(news) : news),
    newId: (_name, preview) => (preview ? "" : randomBytes(4).toString("hex")),
};

// The plugin takes an asset among the outputs for one that only the operation can tell.
function untold(inputs: Properties): Properties {
    return { ...inputs, source: unknown };
}

/** One dial, one file; unlike a command's, the connection is closed behind it. */
async function send({ connection, source, remotePath }: CopyInputs, surroundings: Surroundings): Promise<void> {
    const client = await dial(connection, { ...surroundings, previous: { stdout: "", stderr: "" } });
    try {
        const remote = await RemoteFiles.open(client);
        const content = source.path === "" ? Buffer.from(source.text) : await readLocal(source.path);
        const what = source.path === "" ? "write text content" : `copy file ${source.path}`;
        await remote.write(await placeOf(remote, source, remotePath), content, what);
    } finally {
        client.end();
    }
}

/** Where the file goes: into a folder that is there, else exactly where it was said, with the folders above made. */
async function placeOf(remote: RemoteFiles, { path }: Asset, remotePath: string): Promise<string> {
    const found = await remote.kind(remotePath);
    if (found === "folder") {
        if (path === "") throw new Error(`remote path ${remotePath} is a directory; when using a text asset, remotePath must be a file path`);
        return posix.join(remotePath, posix.basename(path));
    }
    if (found === undefined) {
        // What ends with a slash is a folder as a whole.
        const above = posix.dirname(`${remotePath}.`);
        await remote.makeFolders(above).catch((error: Error) => {
            throw new Error(`failed to create parent directories for ${remotePath}: ${error.message}`);
        });
    }
    return remotePath;
}

function readLocal(path: string): Promise<Buffer> {
    return readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "EISDIR") throw new Error(`${path} is a folder: the stand-in of the command plugin sends single files; use the plugin itself`);
        throw new Error(`open ${path}: ${error.message.replace(/^\w+: ([^,]*).*$/s, "$1")}`);
    });
}

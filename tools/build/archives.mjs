import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"];

/**
 * Packs the plugin for every platform that the CLI asks for, with the names that it asks for.
 * @param {(windows: boolean) => Parameters<typeof tar>[0]} files
 * @param {string} version
 * @param {string} to
 * @returns {string[]} the archives
 */
export function packPlugin(files, version, to) {
    return platforms.map((platform) => {
        const archive = join(to, `pulumi-resource-hybrid-identity-v${version}-${platform}.tar.gz`);
        writeFileSync(archive, gzipSync(tar(files(platform.startsWith("windows"))), { level: 9 }));
        return archive;
    });
}

/**
 * A tar archive that is the same whenever and wherever it is made.
 * @param {{ name: string, executable: boolean, content: Buffer }[]} files with names of at most 100 characters
 */
export function tar(files) {
    const entries = files.flatMap((file) => [header(file), file.content, Buffer.alloc(-file.content.length & 511)]);
    return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

function header({ name, executable, content }) {
    const block = Buffer.alloc(512);
    const octal = (number, digits) => `${number.toString(8).padStart(digits, "0")}\0`;
    const fields = [
        [0, name],
        [100, octal(executable ? 0o755 : 0o644, 7)],
        [108, octal(0, 7)],
        [116, octal(0, 7)],
        [124, octal(content.length, 11)],
        [136, octal(0, 11)],
        [148, " ".repeat(8)],
        [156, "0"],
        [257, "ustar\0" + "00"],
    ];
    for (const [at, text] of fields) block.write(text, at, "latin1");
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${octal(sum, 6)} `, 148, "latin1");
    return block;
}

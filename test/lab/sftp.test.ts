import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { utils, type Client, type SFTPWrapper } from "ssh2";
import { deleteHomeFile, homeFile } from "../../lab/host/files";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { connect, once, PROBE } from "./client";

const HOME = "C:/Users/administrator";
const { FAILURE, NO_SUCH_FILE, OP_UNSUPPORTED, PERMISSION_DENIED } = utils.sftp.STATUS_CODE;

describe("the pretend host's SFTP server", () => {
    let lab: Lab;
    let host: LabHost;
    let client: Client;

    beforeEach(async () => {
        lab = await startLab({ hosts: ["mim01"] });
        host = lab.hosts["mim01"]!;
        client = await connect(host);
    });

    afterEach(async () => {
        client.end();
        await lab.stop();
    });

    const session = (by = client): Promise<SFTPWrapper> => new Promise((resolve, reject) => by.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
    const call = <T>(start: (done: (error: Error | null | undefined, result?: T) => void) => unknown): Promise<T> => promisify(start)() as Promise<T>;
    const write = (sftp: SFTPWrapper, path: string, text: string | Buffer): Promise<void> => call(done => sftp.writeFile(path, text, done));
    const mine = (name: string, user = host.user): string | undefined => homeFile({ ...host.state, user: `MIM01\\${user}` }, name);
    const code = (expected: number) => (error: Error & { code?: number }) => error.code === expected;

    it("takes a file into the account's home, byte for byte, and gives it to the session by its bare name", async () => {
        const sftp = await session();
        const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));
        await write(sftp, "Module.psm1", bytes);
        assert.deepEqual(Object.keys(host.state.files), [`${HOME}/Module.psm1`]);
        assert.ok(Buffer.from(mine("MODULE.PSM1")!, "latin1").equals(bytes));
        assert.equal(mine("Module.psm1", "observer"), undefined);
        assert.ok((await call<Buffer>(done => sftp.readFile("module.psm1", done))).equals(bytes));
        assert.ok(host.counters.files === 1 && host.counters.bytesIn > bytes.length, JSON.stringify(host.counters));
        const session0 = { ...host.state, user: `MIM01\\${host.user}` };
        assert.deepEqual([deleteHomeFile(session0, "module.psm1"), deleteHomeFile(session0, "module.psm1"), host.state.files], [true, false, {}]);
    });

    it("keeps the home folders apart", async () => {
        const observer = await connect(host, { username: host.observerUser, privateKey: host.observerKey });
        await write(await session(observer), "a.txt", "a");
        observer.end();
        assert.deepEqual([mine("a.txt"), mine("a.txt", "observer")], [undefined, "a"]);
    });

    it("takes parts in any order, and a file anew", async () => {
        const sftp = await session();
        await write(sftp, "a.txt", "something longer");
        const handle = await call<Buffer>(done => sftp.open("A.TXT", "w", done));
        await Promise.all([["ef", 4], ["ab", 0], ["cd", 2]].map(([part, at]) => call(done => sftp.write(handle, Buffer.from(part as string), 0, 2, at as number, done))));
        assert.equal((await call<{ size: number }>(done => sftp.fstat(handle, done as never))).size, 6);
        await call(done => sftp.close(handle, done));
        assert.deepEqual(host.state.files, { [`${HOME}/a.txt`]: "abcdef" });
    });

    it("names its paths as OpenSSH for Windows does, and takes them in every spelling", async () => {
        const sftp = await session();
        const real = (path: string): Promise<string> => call(done => sftp.realpath(path, done));
        assert.deepEqual(await Promise.all([".", "a.txt", "C:\\Windows\\Temp", "/C:/Users/../x"].map(real)), [`/${HOME}`, `/${HOME}/a.txt`, "/C:/Windows/Temp", "/C:/x"]);
        for (const path of [`/${HOME}/a.txt`, `${HOME.toLowerCase()}/a.txt`, `${HOME.replaceAll("/", "\\")}\\a.txt`, "./sub/../a.txt"]) {
            await write(sftp, path, path);
            assert.deepEqual(Object.values(host.state.files), [path]);
            await call(done => sftp.unlink("a.txt", done));
        }
    });

    it("makes folders and lists them", async () => {
        const sftp = await session();
        await call(done => sftp.mkdir("Sub", done));
        await write(sftp, "sub/a.txt", "a");
        const names = async (path: string): Promise<string[]> => (await call<{ filename: string }[]>(done => sftp.readdir(path, done as never))).map(({ filename }) => filename);
        assert.deepEqual([await names("."), await names("SUB")], [["Sub"], ["a.txt"]]);
        const folder = async (path: string): Promise<boolean> => (await call<{ isDirectory(): boolean }>(done => sftp.stat(path, done as never))).isDirectory();
        assert.deepEqual([await folder("."), await folder("sub"), await folder("sub/a.txt")], [true, true, false]);
    });

    it("refuses what is outside of the home folder, not there, or no name on Windows, and has no other operations", async () => {
        const sftp = await session();
        await write(sftp, "a.txt", "a");
        await call(done => sftp.mkdir("sub", done));
        const refused: [number, (done: (error: Error | null | undefined) => void) => void][] = [
            [PERMISSION_DENIED, done => sftp.writeFile("/C:/Windows/a.txt", "a", done)],
            [PERMISSION_DENIED, done => sftp.stat("../observer/a.txt", done)],
            [NO_SUCH_FILE, done => sftp.stat("b.txt", done)],
            [NO_SUCH_FILE, done => sftp.writeFile("none/a.txt", "a", done)],
            [NO_SUCH_FILE, done => sftp.unlink("b.txt", done)],
            [FAILURE, done => sftp.writeFile("a?b.txt", "a", done)],
            [FAILURE, done => sftp.writeFile("sub", "a", done)],
            [FAILURE, done => sftp.mkdir("A.txt", done)],
            [FAILURE, done => sftp.unlink("sub", done)],
            [OP_UNSUPPORTED, done => sftp.rename("a.txt", "b.txt", done)],
            [OP_UNSUPPORTED, done => sftp.rmdir("sub", done)],
        ];
        for (const [expected, start] of refused) {
            await assert.rejects(call(start), code(expected), String(start));
        }
        assert.deepEqual(host.state.files, { [`${HOME}/a.txt`]: "a", [`${HOME}/sub`]: null });
    });

    it("keeps files over a restart of the lab, and loses them with the machine", async () => {
        const dir = mkdtempSync(join(tmpdir(), "sftp-"));
        const start = (): Promise<Lab> => startLab({ dir, hosts: ["mim01"] });
        const first = await start();
        const by = await connect(first.hosts["mim01"]!);
        await write(await session(by), "a.txt", "\xff");
        by.end();
        await first.stop();
        const second = await start();
        const again = second.hosts["mim01"]!;
        assert.deepEqual(again.state.files, { [`${HOME}/a.txt`]: "\xc3\xbf" });
        again.snapshot();
        again.reimage();
        assert.deepEqual(again.state.files, {});
        again.restore();
        assert.deepEqual(Object.keys(again.state.files), [`${HOME}/a.txt`]);
        await second.stop();
        rmSync(dir, { recursive: true });
    });

    describe("faults", () => {
        it("noSftp: refuses SFTP alone", async () => {
            await host.fault("noSftp");
            await assert.rejects(session(), /Unable to start subsystem: sftp/);
            assert.notEqual((await once(host, PROBE, "x\n")).exitCode, undefined);
        });

        it("cutFile: keeps half of a file and confirms it", async () => {
            await host.fault("cutFile");
            await write(await session(), "a.txt", "abcdef");
            assert.equal(mine("a.txt"), "abc");
        });

        it("dropped, lostReply: drops the connection before and after the file", async () => {
            const closed = new Promise<void>(resolve => client.once("close", () => resolve()));
            client.on("error", () => {});
            await host.fault("dropped@send");
            void session().catch(() => {});
            await closed;
            await host.fault("lostReply@send");
            const by = await connect(host);
            by.on("error", () => {});
            const gone = new Promise<void>(resolve => by.once("close", () => resolve()));
            void write(await session(by), "a.txt", "abc").catch(() => {});
            await gone;
            assert.equal(mine("a.txt"), "abc");
        });

        it("slow: answers later; not where it is for another command", async () => {
            await host.fault("slow:300@send");
            const begun = Date.now();
            await session();
            const late = Date.now() - begun;
            await host.fault("dropped@install");
            await session();
            assert.ok(late >= 299, `${late} ms`);
        });

        it("says which faults are for files", async () => {
            await assert.rejects(host.fault("hang@send"), { message: 'fault "hang@send": @ takes probe, install, set, remove, get' });
            await assert.rejects(host.fault("noSftp@send"), { message: 'fault "noSftp@send": noSftp takes no @' });
        });
    });
});
